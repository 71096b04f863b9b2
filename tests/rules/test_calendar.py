from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import VIETNAM, Calendar

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "new year"),
        (date(2026, 2, 16), "the eve of Tết"),
        (date(2026, 2, 20), "the fourth of Tết"),
        (date(2025, 1, 29), "Tết"),
        (date(2025, 4, 7), "Hùng kings, 10/3 of the lunar year"),
        (date(2026, 4, 27), "the Monday after Hùng kings on a Sunday"),
        (date(2026, 4, 30), "30/4"),
        (date(2026, 5, 1), "1/5"),
        (date(2026, 9, 1), "the day beside 2/9"),
        (date(2026, 9, 2), "2/9"),
        (date(2026, 9, 5), "a Saturday"),
        (date(2026, 9, 6), "a Sunday"),
    ],
)
def test_nobody_works_on(day: date, name: str) -> None:
    assert not VIETNAM.works_on(day), name


@pytest.mark.parametrize("day", [date(2026, 2, 23), date(2026, 4, 29), date(2026, 12, 24)])
def test_other_days_are_worked(day: date) -> None:
    assert VIETNAM.works_on(day)


def test_a_saturday_exchanged_for_a_day_off_is_worked() -> None:
    assert VIETNAM.works_on(date(2026, 8, 22))
    assert not VIETNAM.works_on(date(2026, 8, 31))


def test_what_is_announced_for_a_year_is_data_of_the_deployment() -> None:
    monday, saturday = date(2027, 8, 30), date(2027, 8, 21)
    announced = Calendar(off=frozenset({monday}), working=frozenset({saturday}))
    assert (VIETNAM.works_on(monday), VIETNAM.works_on(saturday)) == (True, False)
    assert (announced.works_on(monday), announced.works_on(saturday)) == (False, True)


def test_fifteen_working_days_over_the_national_day() -> None:
    """From Thursday 20/08/2026: Saturday 22 is worked, 31/08 to 02/09 are not."""
    assert VIETNAM.after(date(2026, 8, 20), 15) == date(2026, 9, 14)


def test_one_working_day_before_a_session_on_the_day_after_tet() -> None:
    assert VIETNAM.before(date(2026, 2, 23), 1) == date(2026, 2, 13)


def test_no_working_days_are_the_day_itself() -> None:
    assert VIETNAM.after(date(2026, 9, 2), 0) == date(2026, 9, 2)


@given(DAYS, st.integers(1, 60))
def test_between_counts_what_after_passed(day: date, count: int) -> None:
    reached = VIETNAM.after(day, count)
    assert VIETNAM.works_on(reached)
    assert VIETNAM.between(day, reached) == count
    assert VIETNAM.between(day, reached - timedelta(days=1)) == count - 1


@given(DAYS, st.integers(1, 60))
def test_before_is_the_latest_day_that_leaves_enough(day: date, count: int) -> None:
    reached = VIETNAM.before(day, count)
    counted = VIETNAM.between(reached - timedelta(days=1), day - timedelta(days=1))
    assert VIETNAM.works_on(reached)
    assert counted == count


def test_a_day_before_is_no_working_day_after() -> None:
    assert VIETNAM.between(date(2026, 9, 10), date(2026, 9, 1)) == 0
