"""Saving field by field: only what two have both changed is a conflict."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from chassis.drafts import Change, Collided, applied, same
from chassis.problems import Unprocessable

DRAFT: dict[str, JsonValue] = {"plan.markets": "chợ", "general.workers": 5, "evidence.1.5": ["a"]}


def change(field: str, was: Any, now: Any) -> Change:
    return Change(field=field, was=was, now=now)


def test_a_save_changes_its_fields_and_leaves_the_others():
    changes = [
        change("plan.markets", "chợ", "siêu thị"),
        change("evidence.1.5", ["a"], None),
        change("options.1.5", None, 3),
    ]
    fields, made = applied(DRAFT, changes)
    assert fields == {"plan.markets": "siêu thị", "general.workers": 5, "options.1.5": 3}
    assert made == tuple(changes)
    assert DRAFT["plan.markets"] == "chợ", "what was given is as it was"


def test_two_who_change_different_fields_lose_nothing():
    first = applied(DRAFT, [change("plan.markets", "chợ", "siêu thị")]).fields
    second = applied(first, [change("general.workers", 5, 6)]).fields
    assert second == DRAFT | {"plan.markets": "siêu thị", "general.workers": 6}


def test_a_field_that_both_changed_is_a_conflict_with_both_values_and_nothing_is_applied():
    theirs = applied(
        DRAFT, [change("plan.markets", "chợ", "siêu thị"), change("evidence.1.5", ["a"], None)]
    ).fields
    with pytest.raises(Collided) as refused:
        applied(
            theirs,
            [
                change("general.workers", 5, 6),
                change("plan.markets", "chợ", "xuất khẩu"),
                change("evidence.1.5", ["a"], ["a", "b"]),
            ],
        )
    body = refused.value.as_json()
    assert (body["type"], body["status"]) == ("urn:ocop:problem:collided", 409)
    assert body["conflicts"] == [
        {"field": "plan.markets", "yours": "xuất khẩu", "theirs": "siêu thị"},
        {"field": "evidence.1.5", "yours": ["a", "b"], "theirs": None},
    ]
    assert "errors" not in body
    assert theirs == {"plan.markets": "siêu thị", "general.workers": 5}


@pytest.mark.parametrize("now", ["siêu thị", None])
def test_the_same_save_again_is_no_conflict_and_changes_nothing(now):
    save = [change("plan.markets", "chợ", now)]
    once = applied(DRAFT, save)
    assert applied(once.fields, save) == (once.fields, ())


def test_two_who_write_the_same_do_not_collide():
    first = applied(DRAFT, [change("options.1.5", None, 3)]).fields
    assert applied(first, [change("options.1.5", 2, 3)]) == (first, ())


def test_a_field_that_this_save_leaves_as_it_was_collides_with_nobody():
    first = applied(DRAFT, [change("plan.markets", "chợ", "siêu thị")]).fields
    assert applied(first, [change("plan.markets", "chợ", "chợ")]) == (first, ())


def test_a_field_twice_in_one_save_is_refused():
    twice = [change("plan.markets", "chợ", "a"), change("plan.markets", "a", "b")]
    with pytest.raises(Unprocessable) as refused:
        applied(DRAFT, [*twice, change("general.workers", 5, 6)])
    assert [one.field for one in refused.value.fields] == ["plan.markets"]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (0, None, False),
        ("", None, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ([1], [True], False),
        ([1], [1, 2], False),
        ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {}, False),
    ],
)
def test_values_compare_as_json(one, other, equal):
    assert same(one, other) is equal
    assert same(other, one) is equal


def test_a_draft_is_not_changed_from_true_to_one_unseen():
    with pytest.raises(Collided):
        applied({"general.exports": True}, [change("general.exports", 1, 2)])


@pytest.mark.parametrize(
    "body",
    [
        {"field": "a", "was": None},
        {"field": "a", "now": None},
        {"field": 1, "was": None, "now": None},
        {"field": "", "was": None, "now": None},
        {"field": "a..b", "was": None, "now": None},
        {"field": "$where", "was": None, "now": None},
        {"field": "a\x00", "was": None, "now": None},
        {"field": "a" * 201, "was": None, "now": None},
        {"field": "a", "was": None, "now": None, "by": "x"},
        {"field": "a", "was": None, "now": object()},
    ],
)
def test_a_change_that_is_none_is_refused(body):
    with pytest.raises(ValidationError):
        Change.model_validate(body)


VALUES = st.none() | st.integers(0, 3) | st.booleans()
FIELDS = st.sampled_from(["a", "b", "c"])


@given(
    st.dictionaries(FIELDS, VALUES.filter(lambda one: one is not None)),
    st.dictionaries(FIELDS, VALUES),
    st.dictionaries(FIELDS, VALUES),
)
def test_of_two_saves_from_the_same_state_no_change_is_lost_unseen(start, mine, theirs):
    def save(wanted: dict[str, JsonValue]) -> list[Change]:
        return [change(name, start.get(name), now) for name, now in wanted.items()]

    first = applied(start, save(mine)).fields
    try:
        both = applied(first, save(theirs)).fields
    except Collided as refused:
        for field, yours, stands in refused.collisions:
            assert same(theirs[field], yours)
            assert same(mine[field], stands)
            assert not same(yours, stands)
            assert not same(start.get(field), stands)
    else:
        for name in start.keys() | mine.keys() | theirs.keys():
            ours = mine.get(name, start.get(name))
            wanted = theirs.get(name, ours)
            left = same(wanted, start.get(name))
            assert same(both.get(name), ours if left else wanted)
