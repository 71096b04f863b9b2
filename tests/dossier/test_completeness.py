"""Completeness: what blocks, what will be asked, what is advised, each with where it is from."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.problems import Unprocessable
from contracts.evaluation import CertificateFacts, Origin
from contracts.package import DossierKind, EvidenceKind
from rules.editions import edition
from services.dossier.domain.certificates import HeldCertificate
from services.dossier.domain.completeness import (
    ELIMINATING,
    PROOFS,
    RULES,
    Finding,
    Level,
    completeness,
    refuse_blocked,
)
from services.dossier.domain.dossiers import Dossier, Report
from services.dossier.domain.evidence import Evidence
from services.dossier.domain.standing import Signature, Standing
from tests.dossier.filed import AT, a_dossier, a_producer, an_evidence
from tests.rules.strategies import SETS, best_of

DAY = date(2026, 1, 5)
PRODUCER = a_producer()
FIELDS = {
    "registration.representative": "Chủ cơ sở mẫu",
    "registration.address": "xã Mẫu",
    "registration.phone": "0900000001",
    "registration.product_description": "Đường thốt nốt",
    "registration.samples": 5,
    "registration.undertaking": True,
    "general.workers": 5,
    "general.main_market": "Trong tỉnh",
    "plan.markets": "Siêu thị",
}
ALL_KINDS = [kind for kind in EvidenceKind if kind is not EvidenceKind.OTHER]


def proven(*without: EvidenceKind, **about: Any) -> list[Evidence]:
    return [an_evidence(PRODUCER, kind=kind, **about) for kind in ALL_KINDS if kind not in without]


def complete(evidence: list[Evidence], number: int = 1, **about: Any) -> Dossier:
    """Of the best options, each described, with that evidence attached."""
    best = best_of(SETS[number])
    draft = (
        FIELDS
        | {f"options.{code}": option for code, option in best.options.items()}
        | {f"descriptions.{code}": "Như minh chứng" for code in best.options}
        | {"registration.attachments": [one.id for one in evidence]}
    )
    if number == 26:
        del draft["registration.samples"]
    return a_dossier(PRODUCER, set=number, case=best.case, draft=draft, **about)


def changed(dossier: Dossier, **fields: Any) -> Dossier:
    """`_` for a dot; None: without it."""
    named = {name.replace("__", "."): value for name, value in fields.items()}
    draft = {**dossier.draft, **named}
    return dossier.model_copy(update={"draft": {k: v for k, v in draft.items() if v is not None}})


def found(dossier: Dossier, evidence: list[Evidence], day: date = DAY) -> list[Finding]:
    return completeness(dossier, evidence, day)


def rules_of(dossier: Dossier, evidence: list[Evidence], day: date = DAY) -> list[str]:
    return [one.rule for one in found(dossier, evidence, day)]


@pytest.mark.parametrize("number", SETS)
def test_a_complete_dossier_has_no_findings_whatever_its_set(number: int):
    evidence = proven()
    assert found(complete(evidence, number), evidence) == []


def test_an_empty_draft_is_told_all_that_it_needs():
    told = found(a_dossier(PRODUCER), [])
    assert {one.rule for one in told} == {
        "field-missing", "undertaking-missing", "criterion-open", "registration-missing",
        "eliminating-paper-missing", "samples-few", "paper-missing",
    }  # fmt: skip
    assert [one.criterion for one in told if one.rule == "criterion-open"] == [*SETS[1].criteria]
    levels = [one.level for one in told]
    assert levels == sorted(levels, key=[*Level].index)


@pytest.mark.parametrize(
    "path", sorted(FIELDS.keys() - {"registration.samples", "registration.undertaking"})
)
def test_a_required_field_that_is_missing_blocks(path: str):
    evidence = proven()
    [one] = found(changed(complete(evidence), **{path.replace(".", "__"): None}), evidence)
    assert (one.rule, one.level, one.field) == ("field-missing", Level.BLOCKS, path)


def test_a_required_field_is_named_with_its_form():
    evidence = proven()
    [one] = found(changed(complete(evidence), registration__phone=None), evidence)
    assert one.said.vi == "Mẫu 01: chưa ghi “Điện thoại”."
    assert one.said.en == "Form 01 lacks “Phone”."


@pytest.mark.parametrize("given", [None, False])
def test_an_undertaking_that_is_not_given_blocks(given: bool | None):
    evidence = proven()
    [one] = found(changed(complete(evidence), registration__undertaking=given), evidence)
    assert (one.rule, one.level, one.article) == ("undertaking-missing", Level.BLOCKS, "7.1")


@pytest.mark.parametrize(("count", "asked"), [(None, "0"), (4, "4"), (5, None), (9, None)])
def test_fewer_than_five_samples_are_asked_for(count: int | None, asked: str | None):
    evidence = proven()
    told = found(changed(complete(evidence), registration__samples=count), evidence)
    assert [(one.rule, one.level) for one in told] == [("samples-few", Level.ASKED)] * bool(asked)
    assert all(f"mới ghi {asked}" in one.said.vi for one in told)


# -- the sheet


def test_a_criterion_without_option_blocks():
    evidence = proven()
    [one] = found(changed(complete(evidence), **{"options.1.5": None}), evidence)
    assert (one.rule, one.level, one.criterion, one.field) == (
        "criterion-open", Level.BLOCKS, "1.5", "options.1.5",
    )  # fmt: skip
    assert one.said.vi == "Tiêu chí 1.5 “Liên kết chuỗi sản xuất”: chưa chọn phương án."


def test_options_of_both_of_tourisms_cases_block():
    evidence = proven()
    dossier = complete(evidence, 26).model_copy(update={"case": None})
    told = found(changed(dossier, **{"options.9": 4}), evidence)
    assert [(one.rule, one.level, one.criterion) for one in told] == [
        ("criterion-wrong", Level.BLOCKS, "9")
    ]


def test_more_than_the_lowest_option_needs_a_description_or_evidence():
    evidence = proven()
    bare = changed(complete(evidence), **{"descriptions.1.1": None})
    [one] = found(bare, evidence)
    assert (one.rule, one.level, one.criterion) == ("option-unsupported", Level.ASKED, "1.1")
    assert found(changed(bare, **{"evidence.1.1": [evidence[0].id]}), evidence) == []
    assert found(changed(bare, **{"options.1.1": 1}), evidence) == []


def test_an_option_of_no_more_points_than_the_lowest_needs_nothing():
    """Set 7, 3.1: the first two options give one point each."""
    evidence = proven()
    bare = changed(complete(evidence, 7), **{"descriptions.3.1": None, "options.3.1": 2})
    assert found(bare, evidence) == []


def test_a_gate_of_four_stars_is_asked_to_be_proven_by_its_kind():
    evidence = proven(EvidenceKind.INTELLECTUAL_PROPERTY)
    dossier = changed(complete(evidence), **{"evidence.3.5": [evidence[0].id]})
    [one] = found(dossier, evidence)
    assert (one.rule, one.level, one.criterion) == ("gate-unproven", Level.ASKED, "3.5")
    assert one.said.vi == (
        "Tiêu chí 3.5 “Sở hữu trí tuệ”: phương án 3 là điều kiện 4 sao, chưa kèm: Sở hữu trí tuệ."
    )
    below = changed(dossier, **{"options.3.5": 1})  # a gate of 3 stars alone
    assert found(below, evidence) == []


def test_every_proof_is_for_a_question_with_a_gate_of_four_or_five():
    asked = {
        one.question
        for each in SETS.values()
        for one in each.criteria.values()
        if any(gate.star > 3 for gate in one.gates)
    }
    assert PROOFS.keys() <= asked


# -- papers


@pytest.mark.parametrize("number", SETS)
def test_papers_without_which_a_product_is_eliminated_block(number: int):
    needed = {ELIMINATING[one] for one in SETS[number].findings & ELIMINATING.keys()}
    evidence = proven(*ELIMINATING.values())
    told = found(complete(evidence, number), evidence)
    blocking = [one for one in told if one.level is Level.BLOCKS]
    assert [one.rule for one in blocking] == ["eliminating-paper-missing"] * len(needed)


def test_food_needs_its_certificate_and_tourism_does_not():
    without = proven(EvidenceKind.FOOD_SAFETY)
    [one] = found(complete(without, 1), without)
    assert (one.rule, one.article) == ("eliminating-paper-missing", "appendix II")
    assert "an toàn thực phẩm" in one.said.vi
    assert found(complete(without, 26), without) == []


def test_a_business_registration_that_is_missing_blocks():
    without = proven(EvidenceKind.BUSINESS_REGISTRATION)
    [one] = found(complete(without, 26), without)
    assert (one.rule, one.level) == ("registration-missing", Level.BLOCKS)


def test_declared_quality_and_test_results_are_asked_for():
    without = proven(EvidenceKind.DECLARED_QUALITY, EvidenceKind.TEST_RESULT)
    told = found(complete(without, 1), without)
    assert [(one.rule, one.level) for one in told] == [("paper-missing", Level.ASKED)] * 2
    assert rules_of(complete(without, 26), without) == []


def test_evidence_that_the_producer_has_and_the_dossier_does_not_refer_to_counts_for_nothing():
    """Whoever looks passes what the draft refers to."""
    evidence = proven()
    told = rules_of(complete(evidence), [])
    assert {"registration-missing", "eliminating-paper-missing"} <= {*told}


@pytest.mark.parametrize(
    ("expires_on", "rule"),
    [
        (DAY - timedelta(1), "required-paper-expired"),
        (DAY, "evidence-expiring"),
        (DAY + timedelta(89), "evidence-expiring"),
        (DAY + timedelta(90), None),
        (None, None),
    ],
)
def test_a_required_paper_holds_on_its_last_day_and_blocks_after_it(
    expires_on: date | None, rule: str | None
):
    kind = EvidenceKind.FOOD_SAFETY
    evidence = [
        *proven(kind),
        an_evidence(PRODUCER, kind=kind, title="ATTP", expires_on=expires_on),
    ]
    told = found(complete(evidence), evidence)
    assert [one.rule for one in told] == [rule] * bool(rule)
    assert [one.evidence for one in told] == [evidence[-1].id] * bool(rule)
    if rule == "required-paper-expired":
        assert told[0].level is Level.BLOCKS
        assert told[0].said.vi == "“ATTP” hết hạn ngày 04/01/2026."
        assert told[0].said.en == "“ATTP” expired on 2026-01-04."


def test_an_expired_paper_beside_a_new_one_of_its_kind_is_asked_about():
    old = an_evidence(PRODUCER, kind=EvidenceKind.FOOD_SAFETY, expires_on=DAY - timedelta(1))
    evidence = [*proven(), old]
    [one] = found(complete(evidence), evidence)
    assert (one.rule, one.level, one.evidence) == ("evidence-expired", Level.ASKED, old.id)


def test_another_expired_paper_is_asked_about():
    kind = EvidenceKind.QUALITY_SYSTEM
    evidence = [*proven(kind), an_evidence(PRODUCER, kind=kind, expires_on=DAY - timedelta(1))]
    [one] = found(complete(evidence), evidence)
    assert (one.rule, one.level) == ("evidence-expired", Level.ASKED)


def test_withdrawn_evidence_blocks_and_proves_nothing():
    evidence = proven()
    registration = next(
        one for one in evidence if one.described.kind is EvidenceKind.BUSINESS_REGISTRATION
    )
    registration.withdraw()
    told = found(complete(evidence), evidence)
    assert [(one.rule, one.level) for one in told] == [
        ("registration-missing", Level.BLOCKS), ("evidence-withdrawn", Level.BLOCKS),
    ]  # fmt: skip


# -- Form 03


def test_form_03_blocks_where_the_procedure_asks_for_it():
    evidence = proven()
    signed = Signature(by="xa", standing=Standing.COMMUNE_OFFICER, at=AT)
    for procedure, asked in (
        ("qd148-2023", False),
        ("qd148-qd1489-2025", True),
        ("qd26-2026", True),
    ):
        dossier = complete(evidence, procedure=procedure)
        assert rules_of(dossier, evidence) == ["commune-report-missing"] * asked
        done = dossier.model_copy(update={"report": Report(signed=signed, due_on=None, late=False)})
        assert rules_of(done, evidence) == []


# -- the rules


def test_every_rule_says_where_it_is_from_in_a_form_that_a_table_bears():
    for rule in RULES.values():
        assert rule.decision in (None, "QĐ 26/2026/QĐ-TTg")
        assert rule.article is None or rule.decision
        names = [{*re.findall(r"{(\w+)}", text)} for text in rule.words]
        assert names[0] == names[1]


def test_what_eliminates_is_a_finding_of_the_edition():
    assert ELIMINATING.keys() <= edition().findings.keys()


def test_a_submission_is_refused_with_each_thing_that_blocks_and_with_nothing_else():
    evidence = proven(EvidenceKind.BUSINESS_REGISTRATION, EvidenceKind.TEST_RESULT)
    dossier = changed(complete(evidence), **{"options.1.5": None, "registration.phone": None})
    with pytest.raises(Unprocessable) as refused:
        refuse_blocked(found(dossier, evidence))
    assert [one.field for one in refused.value.fields] == [
        "registration.phone", "options.1.5", "registration.attachments",
    ]  # fmt: skip
    asked = proven(EvidenceKind.TEST_RESULT)
    refuse_blocked(found(complete(asked), asked))


# -- the kind of registration, beside what was certified before

ISSUED = CertificateFacts(
    product_id="0" * 36, star=3, origin=Origin.ISSUED, number="01/2024/OCOP-HUYEN-MAU",
    decided_on=date(2024, 1, 10), expires_on=date(2027, 1, 10),
)  # fmt: skip
REPORTED = CertificateFacts(
    product_id="0" * 36, star=4, origin=Origin.IMPORTED, reported_on=date(2023, 12, 31),
    source="Danh sách mẫu",
)  # fmt: skip
AFTER = date(2027, 2, 1)
"""When the issued one has expired."""


def held(*certificates: CertificateFacts, annulled: bool = False) -> list[HeldCertificate]:
    known = [
        HeldCertificate.of("huyen-mau", f"{place:036}", one)
        for place, one in enumerate(certificates)
    ]
    for one in known:
        one.follow(one.facts, 1, annulled=annulled)
    return known


def kinds(
    kind: DossierKind,
    certificates: list[HeldCertificate],
    day: date = DAY,
    procedure: str = "qd26-2026",
) -> list[tuple[str, Level]]:
    dossier = a_dossier(PRODUCER, kind=kind, procedure=procedure)
    found = completeness(dossier, [], day, certificates)
    return [(one.rule, one.level) for one in found if one.rule.startswith("kind-")]


FIRST, UPGRADE, AGAIN = DossierKind.FIRST, DossierKind.UPGRADE, DossierKind.REEVALUATION
BLOCKS, ASKED = Level.BLOCKS, Level.ASKED


@pytest.mark.parametrize(
    ("kind", "certificates", "day", "expected"),
    [
        (FIRST, held(), DAY, []),
        (FIRST, held(ISSUED), DAY, [("kind-first-certified", BLOCKS)]),
        (FIRST, held(REPORTED), DAY, [("kind-first-reported", ASKED)]),
        (FIRST, held(REPORTED, ISSUED), DAY, [("kind-first-certified", BLOCKS)]),
        (FIRST, held(ISSUED), AFTER, []),
        (FIRST, held(ISSUED, annulled=True), DAY, []),
        (UPGRADE, held(), DAY, [("kind-nothing-before", ASKED)]),
        (UPGRADE, held(ISSUED, annulled=True), DAY, [("kind-nothing-before", ASKED)]),
        (UPGRADE, held(ISSUED), DAY, []),
        (UPGRADE, held(REPORTED), DAY, []),
        (UPGRADE, held(ISSUED.model_copy(update={"star": 5})), DAY,
         [("kind-upgrade-highest", BLOCKS)]),
        (UPGRADE, held(ISSUED), AFTER, [("kind-upgrade-lapsed", ASKED)]),
        (AGAIN, held(), DAY, [("kind-nothing-before", ASKED)]),
        (AGAIN, held(REPORTED), DAY, []),
        (AGAIN, held(ISSUED), date(2026, 7, 13), [("kind-reevaluation-early", ASKED)]),
        (AGAIN, held(ISSUED), date(2026, 7, 14), []),
        (AGAIN, held(ISSUED), date(2027, 7, 9), []),
        (AGAIN, held(ISSUED), date(2027, 7, 10), [("kind-reevaluation-late", ASKED)]),
    ],
)  # fmt: skip
def test_the_kind_is_compared_with_what_was_certified_before(kind, certificates, day, expected):
    assert kinds(kind, certificates, day) == expected


def test_a_procedure_without_days_for_a_reevaluation_asks_for_none():
    assert kinds(AGAIN, held(ISSUED), DAY, "qd148-2023") == []


def test_what_is_said_of_the_kind_names_the_certificate_and_the_days():
    dossier = a_dossier(PRODUCER, kind=AGAIN, procedure="qd26-2026")
    (one,) = [x for x in completeness(dossier, [], DAY, held(ISSUED)) if x.field == "kind"]
    assert one.said.vi == (
        "Giấy chứng nhận còn hạn đến 10/01/2027: hồ sơ đánh giá lại nộp từ ngày 14/07/2026."
    )
    first = a_dossier(PRODUCER, procedure="qd26-2026")
    (one,) = [x for x in completeness(first, [], DAY, held(ISSUED)) if x.field == "kind"]
    assert "3 sao số 01/2024/OCOP-HUYEN-MAU" in one.said.vi
