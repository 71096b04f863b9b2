"""The forms: one list of fields for what a draft may hold and for what a page shows."""

from typing import Any

import pytest
from pydantic import ValidationError

from chassis.drafts import Change
from chassis.drafts import applied as apply_draft
from chassis.http.fields import refused
from chassis.problems import Unprocessable
from rules.editions import edition
from rules.procedures import procedures
from services.dossier.domain.forms import REPORT, TOURISM, Forms, evidence_of, forms, is_report
from tests.dossier.test_doors import problem

ID = "00000000-0000-4000-8000-000000000001"
TEA = forms("qd26-2026", "2026", 11, None)


def kept(field: str, value: Any, of: Forms = TEA) -> Any:
    [change] = of.checked([Change(field=field, was=None, now=value)])
    return change.now


def wrong(field: str, value: Any, of: Forms = TEA) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        kept(field, value, of)
    return [(".".join(map(str, one["loc"])), one["type"]) for one in caught.value.errors()]


@pytest.mark.parametrize("procedure", procedures())
def test_every_set_has_its_criteria_and_every_form_its_fields(procedure):
    for number, of in edition().sets.items():
        for case in of.cases or (None,):
            found = forms(procedure, "2026", number, case)
            options = {path for path in found.fields if path.startswith("options.")}
            assert options == {f"options.{code}" for code in of.criteria}
            assert {one.of for one in found.fields.values()} == set(found.numbers)
            assert (REPORT in found.numbers) == any(map(is_report, found.fields))
            assert ("registration.samples" in found.fields) == (number != TOURISM)
            assert all(one.label.vi and one.label.en for one in found.fields.values())


@pytest.mark.parametrize(
    ("field", "given", "stands"),
    [
        ("registration.representative", "  Bà  Chủ ", "Bà  Chủ"),
        ("registration.phone", "+84 901 234 567", "0901234567"),
        ("registration.email", " Chu@Vi.Du ", "chu@vi.du"),
        ("registration.business_date", "2024-01-31", "2024-01-31"),
        ("registration.undertaking", True, True),
        ("registration.undertaking", False, False),
        ("general.workers", 0, 0),
        ("result.turnover.1", 10**15, 10**15),
        ("report.local_material_share", 100, 100),
        ("options.1.1", 3, 3),
        ("descriptions.1.1", "dòng một\ndòng hai", "dòng một\ndòng hai"),
        ("evidence.1.1", [ID, ID], [ID]),
        ("registration.attachments", [], []),
        ("options.1.1", None, None),
    ],
)
def test_a_value_is_kept_in_its_one_form(field, given, stands):
    found = kept(field, given)
    assert (found, type(found)) == (stands, type(stands))


@pytest.mark.parametrize(
    ("field", "given", "at"),
    [
        ("nothing", 1, ("nothing", "extra_forbidden")),
        ("registration", 1, ("registration", "extra_forbidden")),
        ("options.99", 1, ("options.99", "extra_forbidden")),
        ("options.1", 1, ("options.1", "extra_forbidden")),
        ("options.1.1", 0, ("options.1.1", "greater_than_equal")),
        ("options.1.1", 4, ("options.1.1", "less_than_equal")),
        ("options.1.1", "1", ("options.1.1", "int_type")),
        ("options.1.1", True, ("options.1.1", "int_type")),
        ("options.1.1", 1.5, ("options.1.1", "int_type")),
        ("general.workers", -1, ("general.workers", "greater_than_equal")),
        ("general.founded", 1899, ("general.founded", "greater_than_equal")),
        ("report.local_material_share", 101, ("report.local_material_share", "less_than_equal")),
        ("registration.phone", "123", ("registration.phone", "phone")),
        ("registration.email", "a@b", ("registration.email", "email")),
        (
            "registration.business_date",
            "31/01/2024",
            ("registration.business_date", "date_parsing"),
        ),
        ("registration.business_date", 0, ("registration.business_date", "date_type")),
        ("registration.undertaking", 1, ("registration.undertaking", "bool_type")),
        ("registration.address", "", ("registration.address", "string_too_short")),
        ("registration.address", "a\nb", ("registration.address", "string_pattern_mismatch")),
        ("descriptions.1.1", "a" * 4001, ("descriptions.1.1", "string_too_long")),
        ("descriptions.1.1", {"$ne": None}, ("descriptions.1.1", "string_type")),
        ("evidence.1.1", ID, ("evidence.1.1", "list_type")),
        ("evidence.1.1", ["1"], ("evidence.1.1.0", "string_pattern_mismatch")),
    ],
)
def test_what_a_field_cannot_hold_is_refused_where_it_stands(field, given, at):
    assert wrong(field, given) == [at]


def test_of_tourism_one_case_is_offered():
    community, organisation = (
        forms("qd26-2026", "2026", TOURISM, case) for case in ("community", "organisation")
    )
    assert [one.fields["options.8"].choices for one in (community, organisation)] == [
        (1, 2),
        (3, 4),
    ]
    assert kept("options.8", 3, organisation) == 3
    assert wrong("options.8", 3, community) == [("options.8", "unfit")]
    assert wrong("options.8", 2, organisation) == [("options.8", "unfit")]
    with pytest.raises(ValidationError) as caught:
        kept("options.8", 3, community)
    assert refused(caught.value).fields == (
        (
            "options.8",
            "phương án 3 thuộc trường hợp khác; hồ sơ này theo trường hợp “Dịch vụ do cộng đồng"
            " cung cấp”: chọn từ 1 đến 2",
            "option 3 is of the other case; this dossier is of “Offered by a community”: choose"
            " from 1 to 2",
        ),
    )
    assert wrong("options.8", 5, community) == [("options.8", "less_than_equal")]
    assert wrong("options.8", True, organisation) == [("options.8", "int_type")]
    assert wrong("registration.samples", 5, community) == [
        ("registration.samples", "extra_forbidden")
    ]


def test_the_commune_reports_only_where_the_procedure_asks():
    without = forms("qd148-2023", "2026", 11, None)
    assert wrong("report.idea", "Nghề của gia đình", without) == [
        ("report.idea", "extra_forbidden")
    ]


def test_what_is_missing_is_named():
    draft = {one.path: 1 for one in TEA.fields.values() if one.required}
    assert TEA.missing(draft) == []
    assert [one.path for one in TEA.missing(draft | {"registration.undertaking": False})] == [
        "registration.undertaking"
    ]
    del draft["report.idea"], draft["options.1.1"]
    assert [one.path for one in TEA.missing(draft)] == ["report.idea", "options.1.1"]
    with pytest.raises(Unprocessable) as caught:
        TEA.refuse_missing(draft, REPORT)
    assert [one.field for one in caught.value.fields] == ["report.idea"]


def test_a_draft_refers_to_evidence_once():
    draft = {
        "evidence.1.1": ["a", "b"],
        "registration.attachments": ["b", "c"],
        "descriptions.1.1": "evidence",
    }
    assert evidence_of(draft) == ["a", "b", "c"]


# -- as a page shows them


def test_a_page_has_every_field_that_a_draft_may_hold(person):
    answer = person().get("/forms/qd26-2026?set=11")
    assert answer.status_code == 200
    shown = {one["path"] for form in answer.json["forms"] for one in form["fields"]}
    shown |= {
        f"{part}.{one['code']}"
        for one in answer.json["criteria"]
        for part in ("options", "descriptions", "evidence")
    }
    assert shown == set(TEA.fields)
    assert [(one["form"], one["by"]) for one in answer.json["forms"]] == [
        ("01", "producer"),
        ("02", "producer"),
        ("03", "commune"),
    ]
    phone = next(
        one
        for form in answer.json["forms"]
        for one in form["fields"]
        if one["path"] == "registration.phone"
    )
    assert phone == {
        "path": "registration.phone",
        "kind": "phone",
        "label": {"vi": "Điện thoại", "en": "Phone"},
        "required": True,
    }


def test_a_page_has_every_option_with_its_points(person):
    answer = person().get("/forms/qd148-2023?set=11").json
    of = edition().sets[11]
    assert answer["label"] == {"vi": of.label.vi, "en": of.label.en}
    assert [
        (one["code"], [(option["label"]["vi"], option["points"]) for option in one["options"]])
        for one in answer["criteria"]
    ] == [
        (one.code, [(option.label.vi, option.points) for option in one.options])
        for one in of.criteria.values()
    ]
    assert {one["code"]: one["gates"] for one in answer["criteria"] if one["gates"]} == {
        one.code: [gate._asdict() for gate in one.gates]
        for one in of.criteria.values()
        if one.gates
    }
    assert [one["form"] for one in answer["forms"]] == ["01", "02"]


def test_a_page_of_tourism_has_its_cases(person):
    both = person().get("/forms/qd26-2026?set=26").json
    assert [one["name"] for one in both["cases"]] == ["community", "organisation"]
    assert {one["code"]: len(one["options"]) for one in both["criteria"]}["8"] == 4
    one = person().get("/forms/qd26-2026?set=26&case=organisation").json
    [asked] = [each for each in one["criteria"] if each["code"] == "8"]
    assert [each["number"] for each in asked["options"]] == [3, 4]


NONE = (
    ("/forms/nothing?set=1", 404),
    ("/forms/qd26-2026?set=1&edition=1999", 404),
    ("/forms/qd26-2026?set=1&case=community", 404),
    ("/forms/qd26-2026", 422),
    ("/forms/qd26-2026?set=0", 422),
    ("/forms/qd26-2026?set=27", 422),
    ("/forms/QD26?set=1", 422),
    ("/forms/qd26-2026?set=1&set=2", 422),
)


def test_forms_that_are_none(person):
    for path, status in NONE:
        problem(person().get(path), status, "not-found" if status == 404 else "unprocessable")


def test_a_save_is_a_change_of_a_flat_map():
    """Codes have dots as paths do: 1.1 is no field of 1."""
    changes = TEA.checked([Change(field="options.1.1", was=None, now=1)])
    assert apply_draft({}, changes).fields == {"options.1.1": 1}
