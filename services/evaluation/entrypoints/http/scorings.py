from decimal import Decimal
from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from chassis.http.access import signed_in
from chassis.http.app import PREFIX
from chassis.store.unit_of_work import run
from contracts.councils import Seat
from contracts.text import Id, Line, Paragraph, Said
from services.evaluation.application.scorings import (
    Answering,
    Board,
    Revealed,
    SeenSign,
    answer_for_sign,
    board_of,
    declare_conflict,
    eliminate,
    postpone,
    score_again,
    scores_of,
    signs_of,
)
from services.evaluation.domain.scorings import Answer, Round, Scoring, ScoringState
from services.evaluation.domain.sessions import Act, SessionState
from services.evaluation.entrypoints.http.sessions import Body, SessionPath
from services.evaluation.entrypoints.http.sheets import ProductPath

scorings = APIBlueprint("scorings", __name__, url_prefix=f"{PREFIX}/sessions/<id>")


class OfProduct(Body):
    package_id: Id


class Declaring(OfProduct):
    reason: Line


class Discussing(OfProduct):
    discussion: Annotated[Paragraph, Field(max_length=1000)]


class Eliminating(OfProduct):
    """`finding`: one of the edition's findings for the product's set."""

    finding: Line
    reason: Paragraph


class Postponing(OfProduct):
    reason: Paragraph


class ScoringAnswer(BaseModel):
    """How far a product has come. Not a score is in it."""

    package_id: str
    state: ScoringState
    round: int
    expected: list[str]
    locked: list[str]
    help_team_locked: bool
    conflicts: dict[str, Said]
    findings: list[str]
    reason: str | None

    @classmethod
    def of(cls, one: Scoring) -> "ScoringAnswer":
        return cls(
            package_id=one.package_id, state=one.state, round=one.round,
            expected=sorted(one.expected), locked=sorted(one.locked),
            help_team_locked=one.help_team_locked,
            conflicts=_conflicts(one),
            findings=list(one.findings), reason=one.reason,
        )  # fmt: skip


class TotalAnswer(BaseModel):
    """`outlier`: farther from the middle than half of what the council allows."""

    member_id: str
    name: str
    seat: Seat
    total: int
    outlier: bool


class RoundAnswer(BaseModel):
    """`mean`: at full precision."""

    number: int
    revealed_at: AwareDatetime
    totals: list[TotalAnswer]
    mean: Decimal
    spread: int
    too_far_apart: bool
    discussion: str | None

    @classmethod
    def of(cls, one: Round, seen: Board | Revealed) -> "RoundAnswer":
        most = seen.at.council.settings.most_spread
        outliers = one.outliers(most)
        return cls(
            number=one.number, revealed_at=one.revealed_at, mean=one.mean, spread=one.spread,
            too_far_apart=one.spread > most, discussion=one.discussion,
            totals=[
                TotalAnswer(
                    member_id=member.id, name=member.contact.name, seat=member.seat,
                    total=one.totals[member.id], outlier=member.id in outliers,
                )
                for member in seen.at.council.named.values() if member.id in one.totals
            ],
        )  # fmt: skip


class RevealedSheet(BaseModel):
    """`member_id` null: the help team's."""

    round: int
    member_id: str | None
    total: int
    fields: dict[str, JsonValue]


class ScoresAnswer(BaseModel):
    """What was revealed of a product. `round`: the present one, of which nothing is shown before
    its reveal. `new_round`: whether the last totals ask for another."""

    package_id: str
    state: ScoringState
    round: int
    conflicts: dict[str, Said]
    findings: list[str]
    reason: str | None
    rounds: list[RoundAnswer]
    sheets: list[RevealedSheet]
    help_team: RevealedSheet | None
    new_round: bool

    @classmethod
    def of(cls, seen: Revealed) -> "ScoresAnswer":
        shown = [
            RevealedSheet(
                round=one.round, member_id=one.member_id, total=one.total, fields=one.fields
            )
            for one in sorted(seen.sheets, key=lambda one: (one.round, one.member_id or ""))
        ]
        scoring = seen.scoring
        rounds = [RoundAnswer.of(one, seen) for one in scoring.rounds]
        return cls(
            package_id=scoring.package_id, state=scoring.state, round=scoring.round,
            conflicts=_conflicts(scoring), findings=list(scoring.findings), reason=scoring.reason,
            rounds=rounds,
            sheets=[one for one in shown if one.member_id],
            help_team=next((one for one in shown if one.member_id is None), None),
            new_round=_asks_for_another(scoring, rounds),
        )  # fmt: skip


class SignAnswer(BaseModel):
    """A sign of a conflict of interest between one of the council's people and a product. `seat`:
    null of the help team. `answer`: null while nobody has answered. `may`: the acts that the caller
    may do now."""

    package_id: str
    product: str
    member_id: str
    name: str
    seat: Seat | None
    sign: Said
    answer: Answer | None
    may: list[Act]

    @classmethod
    def of(cls, seen: SeenSign) -> "SignAnswer":
        line = seen.at.session.line(seen.scoring.package_id)
        council = seen.at.council
        member = council.named.get(seen.member_id)
        return cls(
            package_id=seen.scoring.package_id, product=line.product, member_id=seen.member_id,
            name=council.names[seen.member_id], seat=member.seat if member else None,
            sign=Said.of(seen.sign.reason), answer=seen.sign.answer,
            may=[Act.ANSWER] if seen.may else [],
        )  # fmt: skip


class SignsAnswer(BaseModel):
    items: list[SignAnswer]


class BoardLine(BaseModel):
    """`rounds`: those that were revealed, none for who has a conflict of interest. `may`: what the
    caller may do about this product now."""

    scoring: ScoringAnswer
    product: str
    producer: str
    rounds: list[RoundAnswer]
    new_round: bool
    may: list[Act]


class BoardAnswer(BaseModel):
    state: SessionState
    present: list[str]
    products: list[BoardLine]

    @classmethod
    def of(cls, seen: Board) -> "BoardAnswer":
        lines = []
        for one, item in zip(seen.scorings, seen.at.session.agenda, strict=True):
            shown = () if one.id in seen.withheld else one.rounds
            rounds = [RoundAnswer.of(each, seen) for each in shown]
            lines.append(
                BoardLine(
                    scoring=ScoringAnswer.of(one), product=item.line.product,
                    producer=item.line.producer, rounds=rounds,
                    new_round=_asks_for_another(one, rounds), may=seen.at.may_on(one),
                )
            )  # fmt: skip
        session = seen.at.session
        return cls(state=session.state, present=sorted(session.present), products=lines)


@scorings.get("/scores/<package_id>", responses={200: ScoresAnswer})
@signed_in()
def scores(path: ProductPath) -> dict[str, Any]:
    """After the reveal: every sheet, total, mean, and who is far from the others."""
    return ScoresAnswer.of(run(scores_of, path.id, path.package_id)).model_dump(mode="json")


@scorings.get("/board", responses={200: BoardAnswer})
@signed_in()
def board(path: SessionPath) -> dict[str, Any]:
    """For the council: who is present, who has locked, and of each product what was revealed."""
    return BoardAnswer.of(run(board_of, path.id)).model_dump(mode="json")


@scorings.post("/conflicts", responses={200: ScoringAnswer})
@signed_in()
def declare(path: SessionPath, body: Declaring) -> dict[str, Any]:
    """By a member of itself: it does not score this product."""
    return _answer(run(declare_conflict, path.id, body.package_id, body.reason))


@scorings.get("/conflict-signs", responses={200: SignsAnswer})
@signed_in()
def signs(path: SessionPath) -> dict[str, Any]:
    """Where the platform sees that a member may have a conflict of interest, and what was answered:
    until then the product is neither revealed nor closed."""
    items = [SignAnswer.of(one) for one in run(signs_of, path.id)]
    return SignsAnswer(items=items).model_dump(mode="json")


@scorings.post("/conflict-answers", responses={200: ScoringAnswer})
@signed_in()
def answer(path: SessionPath, body: Answering) -> dict[str, Any]:
    """By secretary or an officer, whom it does not concern: a member has that conflict, or not."""
    return _answer(run(answer_for_sign, path.id, body))


@scorings.post("/new-rounds", responses={200: ScoringAnswer})
@signed_in()
def again(path: SessionPath, body: Discussing) -> dict[str, Any]:
    """By secretary or chair, after a discussion: score once more, the old round is kept."""
    return _answer(run(score_again, path.id, body.package_id, body.discussion))


@scorings.post("/eliminations", responses={200: ScoringAnswer})
@signed_in()
def end(path: SessionPath, body: Eliminating) -> dict[str, Any]:
    """By the chair: a finding ends the evaluation of a product."""
    return _answer(run(eliminate, path.id, body.package_id, body.finding, body.reason))


@scorings.post("/postponements", responses={200: ScoringAnswer})
@signed_in()
def put_off(path: SessionPath, body: Postponing) -> dict[str, Any]:
    """By secretary or chair: to another session."""
    return _answer(run(postpone, path.id, body.package_id, body.reason))


def _conflicts(one: Scoring) -> dict[str, Said]:
    return {id: Said.of(why.reason) for id, why in one.conflicts.items()}


def _asks_for_another(scoring: Scoring, rounds: list[RoundAnswer]) -> bool:
    revealed = scoring.state is ScoringState.REVEALED
    return revealed and bool(rounds) and rounds[-1].too_far_apart


def _answer(one: Scoring) -> dict[str, Any]:
    return ScoringAnswer.of(one).model_dump(mode="json")
