from typing import Annotated, Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from chassis.drafts import Change
from chassis.http.access import signed_in
from chassis.http.app import PREFIX, AskedId
from chassis.http.versions import versioned
from chassis.store.unit_of_work import run
from contracts.text import Id, Paragraph
from services.evaluation.application.sheets import (
    Desk,
    lock_sheet,
    own_sheet,
    reopen_sheet,
    save_sheet,
)
from services.evaluation.domain.scorings import Scoring, ScoringState
from services.evaluation.entrypoints.http.sessions import Body, SessionPath

MOST_CHANGES = 200
sheets = APIBlueprint("sheets", __name__, url_prefix=f"{PREFIX}/sessions/<id>")


class ProductPath(SessionPath):
    """`package_id`: this service's own, as the agenda has it."""

    package_id: AskedId


class Saving(Body):
    """`options.1.5`: the chosen option, counted from 1; `comments.1.5`: a remark; `note`: one on
    the product. `was`: what the author saw there."""

    changes: Annotated[list[Change], Field(min_length=1, max_length=MOST_CHANGES)]


class Reopening(Body):
    """`member_id` null: the help team's sheet."""

    member_id: Id | None
    reason: Paragraph


class MissedAnswer(BaseModel):
    criterion: str
    star: int


class SheetAnswer(BaseModel):
    """The caller's own. `total`, `chosen` of `criteria` and `failed`, the gates that the choices
    miss: of these choices alone. `open`: whether it may be worked on now."""

    session_id: str
    package_id: str
    round: int
    version: int
    state: ScoringState
    edition: str
    set_number: int
    case: str | None
    fields: dict[str, JsonValue]
    locked_at: AwareDatetime | None
    total: int
    chosen: int
    criteria: int
    failed: list[MissedAnswer]
    open: bool
    waits_for_help_team: bool

    @classmethod
    def of(cls, desk: Desk) -> "SheetAnswer":
        sheet, scoring = desk.sheet, desk.scoring
        found = sheet.standing
        return cls(
            session_id=sheet.session_id, package_id=scoring.package_id, round=sheet.round,
            version=sheet.version, state=scoring.state, edition=sheet.edition,
            set_number=sheet.set_number, case=sheet.case, fields=sheet.fields,
            locked_at=sheet.locked_at, total=found.total, chosen=found.chosen,
            criteria=found.criteria,
            failed=[MissedAnswer(**one._asdict()) for one in found.failed],
            open=desk.open, waits_for_help_team=desk.waits_for_help_team,
        )  # fmt: skip


class ReopenedAnswer(BaseModel):
    package_id: str
    state: ScoringState
    round: int
    locked: list[str]
    help_team_locked: bool

    @classmethod
    def of(cls, one: Scoring) -> "ReopenedAnswer":
        return cls(
            package_id=one.package_id, state=one.state, round=one.round,
            locked=sorted(one.locked), help_team_locked=one.help_team_locked,
        )  # fmt: skip


@sheets.get("/sheets/<package_id>", responses={200: SheetAnswer})
@signed_in()
def read(path: ProductPath) -> Response:
    """A member's own sheet of the present round."""
    return _answer(run(own_sheet, path.id, path.package_id))


@sheets.patch("/sheets/<package_id>", responses={200: SheetAnswer})
@signed_in()
def save(path: ProductPath, body: Saving) -> Response:
    """Field by field; each says what it replaces."""
    return _answer(run(save_sheet, path.id, path.package_id, body.changes))


@sheets.post("/sheets/<package_id>/locking", responses={200: SheetAnswer})
@signed_in()
def lock(path: ProductPath) -> Response:
    """Complete and right it is locked; the last lock of a round reveals all of them."""
    return _answer(run(lock_sheet, path.id, path.package_id))


@sheets.post("/sheets/<package_id>/reopening", responses={200: ReopenedAnswer})
@signed_in()
def reopen(path: ProductPath, body: Reopening) -> dict[str, Any]:
    """By secretary or chair, before the reveal."""
    one = run(reopen_sheet, path.id, path.package_id, body.member_id, body.reason)
    return ReopenedAnswer.of(one).model_dump(mode="json")


@sheets.get("/help-team-sheets/<package_id>", responses={200: SheetAnswer})
@signed_in()
def read_team(path: ProductPath) -> Response:
    """The help team's sheet, for whom the council names."""
    return _answer(run(own_sheet, path.id, path.package_id, team=True))


@sheets.patch("/help-team-sheets/<package_id>", responses={200: SheetAnswer})
@signed_in()
def save_team(path: ProductPath, body: Saving) -> Response:
    return _answer(run(save_sheet, path.id, path.package_id, body.changes, team=True))


@sheets.post("/help-team-sheets/<package_id>/locking", responses={200: SheetAnswer})
@signed_in()
def lock_team(path: ProductPath) -> Response:
    return _answer(run(lock_sheet, path.id, path.package_id, team=True))


def _answer(desk: Desk) -> Response:
    return versioned(SheetAnswer.of(desk), desk.sheet.version)
