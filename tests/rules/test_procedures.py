from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from rules.editions import edition
from rules.procedures import BUILT_IN, DayOfYear, Duration, EscalateBy, Procedure, procedures
from rules.ranking import GateRule, Missed, Ranking

THEN, BETWEEN, NOW = procedures().values()


def result(total: int, band: int, star: int) -> Ranking:
    failed = (Missed("3.5", star + 1),) if star < band else ()
    return Ranking(Decimal(total), band, star, failed)


def test_the_built_in_ones_are_three() -> None:
    assert [*procedures()] == ["qd148-2023", "qd148-qd1489-2025", "qd26-2026"]


@pytest.mark.parametrize("procedure", procedures().values(), ids=[*procedures()])
def test_what_all_of_them_say(procedure: Procedure) -> None:
    council = procedure.council
    assert edition(procedure.edition).name == "2026"
    assert procedure.escalate_by is EscalateBy.RANK
    assert procedure.validity == Duration(count=36, unit="month")
    assert procedure.review == Duration(count=10, unit="working-day")
    assert (council.quorum_percent, council.chair_needed, council.most_spread) == (75, True, 10)
    assert council.package_before_session == Duration(count=1, unit="working-day")
    assert (council.help_team_first, council.gate_rule) == (True, GateRule.MAJORITY)
    assert [procedure.certifier(star) for star in (1, 2)] == [None, None]


def certifiers(procedure: Procedure) -> list[str]:
    return [level.level for star in (3, 4, 5) if (level := procedure.certifier(star))]


def test_who_certifies_3_4_and_5_stars() -> None:
    assert certifiers(THEN) == ["district", "province", "centre"]
    assert certifiers(BETWEEN) == ["province", "province", "centre"]
    assert certifiers(NOW) == ["province", "province", "ministry"]


def test_a_commune_reports_since_there_are_no_districts() -> None:
    reporting = [
        [level.level for level in one.levels if level.convenes == "report"]
        for one in (THEN, BETWEEN, NOW)
    ]
    assert reporting == [[], ["commune"], ["commune"]]
    assert [[form.form for form in one.forms] for one in (THEN, BETWEEN, NOW)] == [
        ["01", "02"],
        ["01", "02", "03"],
        ["01", "02", "03"],
    ]


def test_two_procedures_were_in_force_at_once() -> None:
    on = {
        day: [one.name for one in procedures().values() if one.in_force_on(day)]
        for day in (date(2023, 2, 23), date(2025, 7, 5), date(2025, 7, 6), date(2026, 5, 22))
    }
    assert [*on.values()] == [
        [],
        ["qd148-2023"],
        ["qd148-qd1489-2025"],
        ["qd148-qd1489-2025", "qd26-2026"],
    ]
    assert [one.in_force_on(date(2026, 7, 22)) for one in (BETWEEN, NOW)] == [False, True]


@pytest.mark.parametrize(
    ("level", "found", "candidate"),
    [
        ("district", result(69, 3, 3), None),
        ("district", result(70, 4, 4), (4, "province")),
        ("district", result(92, 5, 5), (4, "province")),
        ("district", result(92, 5, 3), None),
        ("province", result(89, 4, 4), None),
        ("province", result(90, 5, 5), (5, "centre")),
        ("province", result(90, 5, 4), None),
        ("centre", result(95, 5, 5), None),
    ],
)
def test_a_result_goes_up_by_band_and_gates(
    level: str, found: Ranking, candidate: tuple[int, str] | None
) -> None:
    up = THEN.escalation(level, found)
    assert (up and (up.star, up.to)) == candidate


def test_or_by_points_alone_where_the_procedure_says_so() -> None:
    by_points = THEN.model_copy(update={"escalate_by": EscalateBy.POINTS})
    assert by_points.escalation("district", result(92, 5, 3)) is not None
    assert by_points.escalation("district", result(69, 3, 3)) is None


def test_an_eliminated_product_goes_nowhere() -> None:
    nothing = Ranking(None, None, None, eliminated=("forged-dossier",))
    for by in EscalateBy:
        assert THEN.model_copy(update={"escalate_by": by}).escalation("district", nothing) is None


def test_deadlines_of_today() -> None:
    commune, renewal = NOW.level("commune").deadline, NOW.renewal
    assert commune == Duration(count=15, unit="working-day")
    assert commune.after(date(2026, 8, 20)) == date(2026, 9, 14)
    assert [(one.requests_until, one.done_until) for one in NOW.rounds] == [
        (DayOfYear(30, 4), DayOfYear(30, 6)),
        (DayOfYear(30, 10), DayOfYear(30, 12)),
    ]
    assert NOW.rounds[0].requests_until.of(2027) == date(2027, 4, 30)
    expiry = date(2029, 6, 30)
    assert renewal.filed_before_expiry is not None
    assert renewal.filed_before_expiry.earliest.before(expiry) == date(2029, 1, 1)
    assert renewal.filed_before_expiry.latest.before(expiry) == date(2029, 3, 2)
    assert renewal.decided_within == Duration(count=45, unit="day")
    assert renewal.holds_past_expiry == Duration(count=180, unit="day")
    assert NOW.revocation is not None
    assert NOW.revocation.within == Duration(count=15, unit="day")
    assert len(NOW.revocation.grounds) == 6


def test_a_certificate_holds_36_months() -> None:
    assert NOW.validity.after(date(2026, 6, 30)) == date(2029, 6, 30)
    assert NOW.validity.after(date(2024, 2, 29)) == date(2027, 2, 28)
    assert NOW.validity.before(date(2027, 2, 28)) == date(2024, 2, 28)


@pytest.mark.parametrize(
    ("present", "members", "chair", "quorate"),
    [(6, 9, True, False), (7, 9, True, True), (7, 9, False, False), (3, 4, True, True)],
)
def test_a_quorum_is_75_percent_and_the_chair(
    present: int, members: int, chair: bool, quorate: bool
) -> None:
    assert NOW.council.quorate(present, members, chair=chair) is quorate


def test_totals_more_than_ten_apart_are_scored_again() -> None:
    assert not NOW.council.too_far_apart([80, 85, 90])
    assert NOW.council.too_far_apart([80, 85, 91])


# another one is a file


def today() -> dict[str, Any]:
    return yaml.safe_load((BUILT_IN / "qd26-2026.yaml").read_text())


def written(folder: Path, given: dict[str, Any], name: str = "qd99-2030") -> Path:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(given))
    return folder


def test_a_fourth_is_a_file_without_code(tmp_path: Path) -> None:
    given = today() | {"since": date(2030, 1, 1), "decisions": ["QĐ 99/2030"], "rounds": []}
    given["levels"] = [
        {"level": "region", "convenes": "council", "certifies": [3], "escalates": None},
        {"level": "state", "convenes": "council", "certifies": [4, 5]},
    ]
    given["levels"][0]["escalates"] = {"star": 4, "to": "state"}
    found = procedures(written(tmp_path, given))
    assert [*found] == [*procedures(), "qd99-2030"]
    fourth = found["qd99-2030"]
    assert certifiers(fourth) == ["region", "state", "state"]
    up = fourth.escalation("region", result(75, 4, 4))
    assert up is not None
    assert up.to == "state"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"since": "soon"}, "since"),
        ({"until": date(2026, 5, 21)}, "ends before it begins"),
        ({"colour": "red"}, "colour"),
        ({"levels": []}, "levels"),
        ({"escalate_by": "mood"}, "escalate_by"),
        ({"label": "chỉ tiếng Việt"}, "label"),
        ({"validity": {"count": 0, "unit": "month"}}, "validity.count"),
        ({"validity": {"count": "36", "unit": "month"}}, "validity.count"),
        ({"rounds": [{"requests_until": "31/04", "done_until": "30/06"}]}, "rounds"),
    ],
)
def test_a_file_that_is_wrong_says_where(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        procedures(written(tmp_path, today() | change))


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        (0, {"level": "province"}, "a level is written twice"),
        (1, {"certifies": [3]}, "each of 3, 4 and 5 stars is certified by one level"),
        (1, {"escalates": {"star": 5, "to": "commune"}}, "escalates to no level above it"),
        (1, {"escalates": {"star": 4, "to": "ministry"}}, "ministry does not certify 4 stars"),
        (2, {"entered_by": "district"}, "entered by an unknown level"),
    ],
)
def test_levels_that_contradict_one_another_are_told(
    tmp_path: Path, place: int, change: dict[str, Any], message: str
) -> None:
    given = today()
    given["levels"][place] |= change
    with pytest.raises(ValidationError, match=message):
        procedures(written(tmp_path, given))


def test_a_built_in_one_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name of another: qd26-2026"):
        procedures(written(tmp_path, today(), "qd26-2026"))


def test_a_key_written_twice_is_not_won_by_the_last(tmp_path: Path) -> None:
    file = tmp_path / "qd99-2030.yaml"
    file.write_text((BUILT_IN / "qd26-2026.yaml").read_text() + "\nedition: '2030'\n")
    with pytest.raises(ValueError, match="written twice: edition"):
        procedures(tmp_path)
