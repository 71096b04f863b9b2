"""Completeness (tính đầy đủ): what keeps a dossier from being submitted, what the help team will
ask for, and what is advised.

A rule says its level, its words and where it is from; the decisions' printed lists of papers were
not found in public, so an article stands only where it is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from chassis.problems import FieldProblem, Unprocessable
from contracts.evaluation import CertificateFacts, Origin, newest
from contracts.package import DossierKind, EvidenceKind
from contracts.text import Said, Words
from rules.editions import Criterion
from rules.problems import Wrong
from rules.procedures import procedures
from rules.sheets import filled
from services.dossier.domain.certificates import HeldCertificate, Holding
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.evidence import KINDS, Evidence
from services.dossier.domain.forms import ATTACHMENTS, REPORT
from services.dossier.domain.prediction import options_of

SAMPLES, ENOUGH_SAMPLES = "registration.samples", 5
SOON = timedelta(days=90)


HIGHEST = 5
KINDS_OF_DOSSIERS = {
    DossierKind.FIRST: Words("đánh giá lần đầu", "first evaluation"),
    DossierKind.UPGRADE: Words("nâng hạng", "upgrade"),
    DossierKind.REEVALUATION: Words("đánh giá lại", "re-evaluation"),
}


class Level(StrEnum):
    BLOCKS = "blocks"  # chưa nộp được
    ASKED = "asked"  # sẽ được hỏi
    ADVICE = "advice"  # nên làm


QD26 = "QĐ 26/2026/QĐ-TTg"


class Rule(NamedTuple):
    """`decision` None: the platform's own. `article` None: not known, or not of an article."""

    level: Level
    words: Words
    decision: str | None = None
    article: str | None = None


RULES: Mapping[str, Rule] = {
    "field-missing": Rule(
        Level.BLOCKS, Words("Mẫu {form}: chưa ghi “{label}”.", "Form {form} lacks “{label}”."), QD26
    ),
    "undertaking-missing": Rule(
        Level.BLOCKS,
        Words("Chưa cam kết hồ sơ đúng sự thật.", "It is not undertaken that all is true."),
        QD26,
        "7.1",  # what is given here counts as on paper
    ),
    "criterion-open": Rule(
        Level.BLOCKS,
        Words(
            "Tiêu chí {criterion} “{label}”: chưa chọn phương án.",
            "Criterion {criterion} “{label}”: no option is chosen.",
        ),
        QD26,
        "appendix II",
    ),
    "criterion-wrong": Rule(Level.BLOCKS, Words("{found}", "{found}"), QD26, "appendix II"),
    "commune-report-missing": Rule(
        Level.BLOCKS,
        Words(
            "Cán bộ xã chưa hoàn thành báo cáo (Mẫu {form}).",
            "The commune's officer has not finished the report (Form {form}).",
        ),
        QD26,
    ),
    "registration-missing": Rule(
        Level.BLOCKS, Words("Chưa kèm: {kind}.", "Not attached: {kind}."), QD26
    ),
    "eliminating-paper-missing": Rule(
        Level.BLOCKS,
        Words(
            "Chưa kèm: {kind}. Thiếu giấy này sản phẩm bị loại.",
            "Not attached: {kind}. Without it the product is eliminated.",
        ),
        QD26,
        "appendix II",
    ),
    "required-paper-expired": Rule(
        Level.BLOCKS,
        Words("“{title}” hết hạn ngày {day}.", "“{title}” expired on {day}."),
        QD26,
    ),
    "evidence-withdrawn": Rule(
        Level.BLOCKS, Words("“{title}” đã được rút.", "“{title}” has been withdrawn.")
    ),
    "kind-first-certified": Rule(
        Level.BLOCKS,
        Words(
            "Ghi đánh giá lần đầu, nhưng sản phẩm đang có giấy chứng nhận {star} sao số {number}:"
            " mở hồ sơ nâng hạng hoặc đánh giá lại.",
            "It says first evaluation, but the product has certificate {number} of {star} stars:"
            " open a dossier for an upgrade or a re-evaluation.",
        ),
        QD26,
    ),
    "kind-upgrade-highest": Rule(
        Level.BLOCKS,
        Words(
            "Ghi nâng hạng, nhưng sản phẩm đang có hạng cao nhất (5 sao): mở hồ sơ đánh giá lại.",
            "It says upgrade, but the product has the highest rank (5 stars): open a dossier for a"
            " re-evaluation.",
        ),
        QD26,
    ),
    "kind-first-reported": Rule(
        Level.ASKED,
        Words(
            "Ghi đánh giá lần đầu, nhưng sản phẩm có hạng {star} sao theo “{source}”, chưa rõ còn"
            " hạn hay không.",
            "It says first evaluation, but “{source}” reports {star} stars of the product; whether"
            " they still hold is not known.",
        ),
        QD26,
    ),
    "kind-nothing-before": Rule(
        Level.ASKED,
        Words(
            "Ghi {kind}, nhưng ở đây chưa có giấy chứng nhận trước của sản phẩm: cần bản giấy.",
            "It says {kind}, but no earlier certificate of the product is known here: its paper is"
            " needed.",
        ),
        QD26,
    ),
    "kind-upgrade-lapsed": Rule(
        Level.ASKED,
        Words(
            "Ghi nâng hạng, nhưng giấy chứng nhận đã hết hạn ngày {day}: có thể là đánh giá lại.",
            "It says upgrade, but the certificate expired on {day}: it may be a re-evaluation.",
        ),
        QD26,
    ),
    "kind-reevaluation-early": Rule(
        Level.ASKED,
        Words(
            "Giấy chứng nhận còn hạn đến {expires}: hồ sơ đánh giá lại nộp từ ngày {day}.",
            "The certificate is valid until {expires}: a re-evaluation is filed from {day} on.",
        ),
        QD26,
    ),
    "kind-reevaluation-late": Rule(
        Level.ASKED,
        Words(
            "Giấy chứng nhận hết hạn ngày {expires}, quá hạn đánh giá lại ({day}).",
            "The certificate expired on {expires}, past what a re-evaluation may be late ({day}).",
        ),
        QD26,
    ),
    "samples-few": Rule(
        Level.ASKED,
        Words(
            "Cần nộp 5 mẫu sản phẩm, mới ghi {count}.", "5 samples are needed, {count} are written."
        ),
        QD26,
    ),
    "paper-missing": Rule(Level.ASKED, Words("Chưa kèm: {kind}.", "Not attached: {kind}."), QD26),
    "gate-unproven": Rule(
        Level.ASKED,
        Words(
            "Tiêu chí {criterion} “{label}”: phương án {option} là điều kiện {star} sao,"
            " chưa kèm: {kind}.",
            "Criterion {criterion} “{label}”: option {option} is a condition of {star} stars, and"
            " this is not attached: {kind}.",
        ),
        QD26,
        "appendix II",
    ),
    "option-unsupported": Rule(
        Level.ASKED,
        Words(
            "Tiêu chí {criterion} “{label}”: chọn trên mức thấp nhất mà chưa mô tả, chưa có minh"
            " chứng.",
            "Criterion {criterion} “{label}”: more than the lowest option, and neither described"
            " nor proven.",
        ),
        QD26,
    ),
    "evidence-expired": Rule(
        Level.ASKED, Words("“{title}” hết hạn ngày {day}.", "“{title}” expired on {day}.")
    ),
    "evidence-expiring": Rule(
        Level.ADVICE,
        Words(
            "“{title}” sẽ hết hạn ngày {day}: nên gia hạn trước khi hội đồng họp.",
            "“{title}” expires on {day}: better renewed before the council meets.",
        ),
    ),
}

ELIMINATING = {
    "no-food-safety-certificate": EvidenceKind.FOOD_SAFETY,
    "no-production-licence": EvidenceKind.FOOD_SAFETY,
    "no-production-conditions": EvidenceKind.FOOD_SAFETY,
    "no-product-declaration": EvidenceKind.DECLARED_QUALITY,
}
"""By the finding of the sheet that ends an evaluation: the paper that keeps it away."""
TESTED = {"no-food-safety-certificate", "no-product-declaration"}
"""Sets with such a finding are eaten or used on the body: test results are asked for."""
PROOFS = {
    "linkage": EvidenceKind.MATERIALS,
    "environment": EvidenceKind.ENVIRONMENT,
    "growth": EvidenceKind.GROWTH,
    "ip": EvidenceKind.INTELLECTUAL_PROPERTY,
    "ip-of-tourism": EvidenceKind.INTELLECTUAL_PROPERTY,
    "market": EvidenceKind.MARKET,
    "story": EvidenceKind.STORY,
    "labelling": EvidenceKind.TRACEABILITY,
    "labelling-of-cosmetics": EvidenceKind.TRACEABILITY,
    "packaging-and-label": EvidenceKind.TRACEABILITY,
    "description": EvidenceKind.TRACEABILITY,
    "assurance": EvidenceKind.QUALITY_SYSTEM,
    "assurance-of-raw": EvidenceKind.QUALITY_SYSTEM,
    "safety-of-medicine": EvidenceKind.QUALITY_SYSTEM,
    "safety-of-water": EvidenceKind.QUALITY_SYSTEM,
}
"""By the question of a criterion with a gate of 4 or 5 stars: the paper that shows it. What the
senses tell, or an idea, no paper shows."""
DECLARED = "declaration"
"""How the questions about declared quality begin."""


Values = Mapping[str, str | Words]


class Finding(BaseModel):
    """`field`, `criterion`, `evidence`: what it is about, where it is about one."""

    model_config = ConfigDict(frozen=True)

    rule: str
    level: Level
    field: str | None = None
    criterion: str | None = None
    evidence: str | None = None
    said: Said
    decision: str | None
    article: str | None


def completeness(
    dossier: Dossier,
    evidence: Iterable[Evidence],
    day: date,
    certificates: Sequence[HeldCertificate] = (),
) -> list[Finding]:
    """`evidence`: what the draft refers to. `certificates`: the product's, as far as they are known
    here, issued or reported by a list. What blocks comes first."""
    looked_at = _Look(dossier, {one.id: one for one in evidence}, day)
    found = [
        *looked_at.kind(certificates), *looked_at.fields(), *looked_at.criteria(),
        *looked_at.papers(), *looked_at.dates(),
    ]  # fmt: skip
    return sorted(found, key=lambda one: [*Level].index(one.level))


def refuse_blocked(findings: Sequence[Finding]) -> None:
    """Unprocessable with each that blocks."""
    if blocking := [one for one in findings if one.level is Level.BLOCKS]:
        raise Unprocessable(
            "Hồ sơ chưa đầy đủ nên chưa nộp được.",
            "The dossier is not complete, so it cannot be submitted.",
            [FieldProblem(one.field or ATTACHMENTS, one.said.vi, one.said.en) for one in blocking],
        )


@dataclass(frozen=True)
class _Look:
    dossier: Dossier
    evidence: Mapping[str, Evidence]
    day: date

    def kind(self, certificates: Sequence[HeldCertificate]) -> Iterator[Finding]:
        """Whether the kind of registration fits what was certified before. Of a dossier that is
        done its own certificate would speak."""
        if self.dossier.ended:
            return
        holding = Holding.of(certificates, self.day).counting
        lapsed = {one.certificate: one.facts for one in certificates if not one.annulled}
        before = holding or (lapsed[newest(lapsed)] if lapsed else None)
        if found := self._kind(before, holds=holding is not None):
            rule, said = found
            yield _finding(rule, said, field="kind")

    def _kind(self, before: CertificateFacts | None, *, holds: bool) -> tuple[str, Values] | None:
        kind = self.dossier.kind
        if before is None:
            first = kind is DossierKind.FIRST
            return None if first else ("kind-nothing-before", {"kind": KINDS_OF_DOSSIERS[kind]})
        star = str(before.star)
        match kind:
            case DossierKind.FIRST if holds and before.origin is Origin.ISSUED:
                return "kind-first-certified", {"star": star, "number": before.number or ""}
            case DossierKind.FIRST if holds:
                return "kind-first-reported", {"star": star, "source": before.source or ""}
            case DossierKind.UPGRADE if holds and before.star == HIGHEST:
                return "kind-upgrade-highest", {}
            case DossierKind.UPGRADE if not holds and before.expires_on:
                return "kind-upgrade-lapsed", {"day": _day(before.expires_on)}
            case DossierKind.REEVALUATION if before.expires_on:
                return self._renewal(before.expires_on)
        return None

    def _renewal(self, expires_on: date) -> tuple[str, Values] | None:
        """By the procedure's days; one that has none asks nothing."""
        rules = procedures()[self.dossier.procedure].renewal
        said: Values = {"expires": _day(expires_on)}
        if rules.filed_before_expiry:
            first = rules.filed_before_expiry.earliest.before(expires_on)
            if self.day < first:
                return "kind-reevaluation-early", {**said, "day": _day(first)}
        if rules.holds_past_expiry:
            last = rules.holds_past_expiry.after(expires_on)
            if self.day > last:
                return "kind-reevaluation-late", {**said, "day": _day(last)}
        return None

    def fields(self) -> Iterator[Finding]:
        forms, draft = self.dossier.forms, self.dossier.draft
        for one in forms.missing(draft):
            if one.criterion or one.of == REPORT:
                continue
            rule = "undertaking-missing" if one.kind == "undertaking" else "field-missing"
            said: Values = {"form": forms.numbers[one.of], "label": one.label}
            yield _finding(rule, said, field=one.path)
        if REPORT in forms.numbers and self.dossier.report is None:
            yield _finding("commune-report-missing", {"form": forms.numbers[REPORT]})
        if SAMPLES in forms.fields:
            count = draft.get(SAMPLES) or 0
            if isinstance(count, int) and count < ENOUGH_SAMPLES:
                yield _finding("samples-few", {"count": str(count)}, field=SAMPLES)

    def criteria(self) -> Iterator[Finding]:
        of = self.dossier.forms.product_set
        wrong = [*self._wrong()]
        yield from wrong
        at_fault = {one.criterion for one in wrong}
        for code, criterion in of.criteria.items():
            if code not in at_fault and (found := self._unproven(criterion)):
                yield found

    def papers(self) -> Iterator[Finding]:
        for kind, rule in self._required.items():
            standing = [one for one in self._standing if one.described.kind is kind]
            if not standing:
                yield _finding(rule, {"kind": KINDS[kind]}, field=ATTACHMENTS)
        for kind in self._asked:
            if kind not in self._kinds:
                yield _finding("paper-missing", {"kind": KINDS[kind]}, field=ATTACHMENTS)

    def dates(self) -> Iterator[Finding]:
        for one in self.evidence.values():
            if rule := self._aged(one):
                expires_on = one.described.expires_on
                day = _day(expires_on) if expires_on else ""
                said: Values = {"title": one.described.title, "day": day}
                yield _finding(rule, said, evidence=one.id)

    def _aged(self, one: Evidence) -> str | None:
        if one.withdrawn:
            return "evidence-withdrawn"
        if one.expired(self.day):
            return "required-paper-expired" if self._hangs_on(one) else "evidence-expired"
        return "evidence-expiring" if one.expired(self.day + SOON) else None

    def _wrong(self) -> Iterator[Finding]:
        """What no filled sheet may be: open, or an option that cannot be chosen."""
        of = self.dossier.forms.product_set
        try:
            filled(of, self._options, self.dossier.case)
        except Wrong as wrong:
            for one in wrong.found:
                criterion = of.criteria.get(one.criterion or "")
                if one.kind == "missing" and criterion:
                    yield _about("criterion-open", criterion)
                else:
                    yield _finding(
                        "criterion-wrong", {"found": Words(one.vi, one.en)},
                        field=one.field, criterion=one.criterion,
                    )  # fmt: skip

    def _unproven(self, criterion: Criterion) -> Finding | None:
        number = self._options[criterion.code]
        kind = PROOFS.get(criterion.question)
        reached = [gate for gate in criterion.gates if gate.star > 3 and number >= gate.option]
        if kind and reached and kind not in self._kinds:
            said: Values = {
                "option": str(number),
                "star": str(reached[-1].star),
                "kind": KINDS[kind],
            }
            return _about("gate-unproven", criterion, said)
        chosen = criterion.options[number - 1]
        lowest = min(one.points for one in criterion.options if one.case == chosen.case)
        if chosen.points <= lowest:
            return None
        draft = self.dossier.draft
        if draft.get(f"descriptions.{criterion.code}") or draft.get(f"evidence.{criterion.code}"):
            return None
        return _about("option-unsupported", criterion)

    def _hangs_on(self, one: Evidence) -> bool:
        """Whether it is of a kind that has to be there, and no other of it holds."""
        kind = one.described.kind
        return kind in self._required and not any(
            other.described.kind is kind and not other.expired(self.day) for other in self._standing
        )

    @cached_property
    def _options(self) -> dict[str, int]:
        return options_of(self.dossier.draft)

    @cached_property
    def _standing(self) -> list[Evidence]:
        return [one for one in self.evidence.values() if not one.withdrawn]

    @cached_property
    def _kinds(self) -> frozenset[EvidenceKind]:
        return frozenset(one.described.kind for one in self._standing)

    @cached_property
    def _required(self) -> dict[EvidenceKind, str]:
        """The kinds without which it cannot be submitted, with the rule that says so."""
        findings = self.dossier.forms.product_set.findings
        eliminating = {
            kind: "eliminating-paper-missing"
            for finding, kind in ELIMINATING.items()
            if finding in findings
        }
        return {EvidenceKind.BUSINESS_REGISTRATION: "registration-missing", **eliminating}

    @cached_property
    def _asked(self) -> list[EvidenceKind]:
        of = self.dossier.forms.product_set
        asked = []
        if any(one.question.startswith(DECLARED) for one in of.criteria.values()):
            asked.append(EvidenceKind.DECLARED_QUALITY)
        if of.findings & TESTED:
            asked.append(EvidenceKind.TEST_RESULT)
        return [kind for kind in asked if kind not in self._required]


def _about(rule: str, criterion: Criterion, values: Values | None = None) -> Finding:
    code, label = criterion.code, Words(*criterion.label)
    said = {"criterion": code, "label": label, **(values or {})}
    return _finding(rule, said, field=f"options.{code}", criterion=code)


def _finding(
    rule: str,
    values: Values,
    *,
    field: str | None = None,
    criterion: str | None = None,
    evidence: str | None = None,
) -> Finding:
    """`values`: what the rule's words name; Words are said in the language of the sentence."""
    level, words, decision, article = RULES[rule]
    vi = {name: one.vi if isinstance(one, Words) else one for name, one in values.items()}
    en = {name: one.en if isinstance(one, Words) else one for name, one in values.items()}
    return Finding(
        rule=rule, level=level, field=field, criterion=criterion, evidence=evidence,
        said=Said(vi=words.vi.format(**vi), en=words.en.format(**en)),
        decision=decision, article=article,
    )  # fmt: skip


def _day(day: date) -> Words:
    return Words(f"{day:%d/%m/%Y}", str(day))
