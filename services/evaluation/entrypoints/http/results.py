from decimal import Decimal
from typing import Any

from flask import Response
from pydantic import AwareDatetime, BaseModel

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import versioned
from chassis.store.unit_of_work import run
from contracts.councils import Seat
from contracts.results import MissedGate, ResultFacts
from contracts.text import Said, Words
from rules.editions import edition
from rules.procedures import procedures
from rules.ranking import GateRule
from services.evaluation.application.results import (
    Seen,
    annul_result,
    result_of,
    results_of,
)
from services.evaluation.domain.results import Result, ResultState
from services.evaluation.domain.scorings import Round
from services.evaluation.domain.sessions import Done
from services.evaluation.entrypoints.http.sessions import Reason

results = blueprint("results", __name__)
LAW = Words(
    "Hạng là mức sao cao nhất mà điểm trung bình thuộc khung điểm và mọi điều kiện tối thiểu của "
    "mức đó cùng các mức thấp hơn đều đạt. 1 và 2 sao không được công nhận.",
    "The star is the highest whose band the mean reaches and of which, and of those below it, "
    "every gate holds. 1 and 2 stars are not certified.",
)


class ResultPath(TenantPath):
    id: AskedId


class ResultQuery(Page):
    session_id: AskedId | None = None


class ResultLine(BaseModel):
    id: str
    tenant: str
    version: int
    state: ResultState
    facts: ResultFacts
    potential: int | None
    decision_id: str | None

    @classmethod
    def fields_of(cls, one: Result) -> dict[str, Any]:
        return {
            "id": one.id, "tenant": one.tenant, "version": one.version, "state": one.state,
            "facts": one.facts, "potential": one.potential, "decision_id": one.decision_id,
        }  # fmt: skip


class ResultPage(BaseModel):
    items: list[ResultLine]
    after: str | None


class MissedAnswer(BaseModel):
    """`option`: the least that this star needs, counted from 1."""

    criterion: str
    star: int
    label: Said
    option: int
    needed: Said

    @classmethod
    def of(cls, missed: MissedGate, one: Result) -> "MissedAnswer":
        criterion = edition(one.edition).sets[one.set_number].criteria[missed.criterion]
        least = next(gate.option for gate in criterion.gates if gate.star == missed.star)
        needed = criterion.options[least - 1].label
        return cls(
            criterion=missed.criterion, star=missed.star, option=least,
            label=Said(vi=criterion.label.vi, en=criterion.label.en),
            needed=Said(vi=needed.vi, en=needed.en),
        )  # fmt: skip


class MemberTotal(BaseModel):
    name: str
    seat: Seat
    total: int


class RoundTotals(BaseModel):
    number: int
    totals: list[MemberTotal]
    mean: Decimal
    spread: int
    discussion: str | None

    @classmethod
    def of(cls, round: Round, one: Result) -> "RoundTotals":
        return cls(
            number=round.number, mean=round.mean, spread=round.spread,
            discussion=round.discussion,
            totals=[
                MemberTotal(name=who.name, seat=who.seat, total=round.totals[who.id])
                for who in one.scorers if who.id in round.totals
            ],
        )  # fmt: skip


class ResultAnswer(ResultLine):
    """`rounds`: each member's totals, for those who saw them at the reveal; null for others.
    `sources`: the decisions by which it was judged. `may`: the acts that the caller may do now."""

    missed: list[MissedAnswer]
    eliminated: list[Said]
    reason: str | None
    gate_rule: GateRule
    most_spread: int
    law: Said
    sources: list[str]
    rounds: list[RoundTotals] | None
    closed_at: AwareDatetime
    approved_at: AwareDatetime | None
    annulled_for: str | None
    may: list[str]

    @classmethod
    def of(cls, seen: Seen) -> "ResultAnswer":
        one = seen.result
        of = edition(one.edition)
        findings = [of.findings[finding] for finding in one.facts.eliminated]
        return cls(
            **cls.fields_of(one),
            missed=[MissedAnswer.of(missed, one) for missed in one.facts.failed],
            eliminated=[Said(vi=finding.vi, en=finding.en) for finding in findings],
            reason=one.reason, gate_rule=one.gate_rule, most_spread=one.most_spread,
            law=Said.of(LAW), sources=[*procedures()[one.procedure].decisions, of.source.vi],
            rounds=[RoundTotals.of(each, one) for each in one.rounds] if seen.inside else None,
            closed_at=one.closed.at, approved_at=_at(one.approved),
            annulled_for=one.annulled_for, may=["annulment"] if seen.annuls else [],
        )  # fmt: skip


@results.get("", responses={200: ResultPage})
@signed_in(below=True)
def list_all(path: TenantPath, query: ResultQuery) -> dict[str, Any]:
    """Those that the caller may read, by id: the tenant's people and the council's from the closing
    on, the producer, its commune and a supervisor above when they are approved."""
    found = run(results_of, query.after, query.limit, query.session_id)
    items = [ResultLine(**ResultLine.fields_of(one)) for one in found]
    return ResultPage(items=items, after=query.next_after(found)).model_dump(mode="json")


@results.get("/<id>", responses={200: ResultAnswer})
@signed_in(below=True)
def read(path: ResultPath) -> Response:
    """What was found of one product, and what it rests on."""
    return _answer(run(result_of, path.id))


@results.post("/<id>/annulment", responses={200: ResultAnswer})
@signed_in(below=True)
def annul(path: ResultPath, body: Reason) -> Response:
    """By the chair, before the decision: the product may be judged again."""
    return _answer(run(annul_result, path.id, body.reason))


def _answer(seen: Seen) -> Response:
    return versioned(ResultAnswer.of(seen), seen.result.version)


def _at(done: Done | None) -> AwareDatetime | None:
    return done.at if done else None
