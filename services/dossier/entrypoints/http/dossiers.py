from datetime import date, datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chassis.drafts import Change
from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, Query, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import Act as Row
from chassis.store.unit_of_work import run
from contracts.package import WAYS, DossierKind, without_ways
from contracts.person import Contact
from contracts.text import Name, Paragraph
from services.dossier.application.dossiers import (
    Opening,
    SeenDossier,
    Wanted,
    confirm_dossier,
    fill_dossier,
    finish_commune_report,
    history_of,
    list_dossiers,
    open_dossier,
    see_dossier,
    versions_of,
    withdraw_dossier,
)
from services.dossier.application.packages import submit_dossier
from services.dossier.domain.dossiers import (
    Act,
    Dossier,
    Outcome,
    Report,
    Return,
    State,
    Submitted,
    Withdrawal,
)
from services.dossier.domain.forms import is_report
from services.dossier.domain.standing import OF_THE_PRODUCER, Actor, Signature, Standing
from services.dossier.entrypoints.http.history import ActLine, History, HistoryPage, line

dossiers = blueprint("dossiers", __name__)


class DossierPath(TenantPath):
    id: AskedId


class DossierPage(Page):
    """`mine`: of the producers whose contact the caller is."""

    state: State | None = None
    round: AskedId | None = None
    commune: Name | None = None
    mine: bool = False


class Changes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: list[Change] = Field(min_length=1, max_length=500)


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Paragraph


class Saved(BaseModel):
    """`fields`: what was sent, as it is kept: the next save's `was`."""

    version: int
    saved_at: datetime
    state: State
    fields: dict[str, JsonValue]
    may: list[Act]


class DossierLine(BaseModel):
    """`until`: by when it has to be completed, while it is returned."""

    id: str
    tenant: str
    version: int
    state: State
    kind: DossierKind
    round_id: str
    round: str
    procedure: str
    edition: str
    product_id: str
    product: str
    producer_id: str
    producer: str
    commune: str | None
    set: int
    case: str | None
    opened_at: datetime
    until: date | None
    ended: bool

    @classmethod
    def of(cls, one: Dossier) -> "DossierLine":
        return cls(
            **_own(one, cls, "opened_at", "until", "ended"),
            opened_at=one.opened.at, until=one.until, ended=one.ended,
        )  # fmt: skip


class Lines(BaseModel):
    items: list[DossierLine]
    after: str | None


class WholeDossier(DossierLine):
    """`contacts`: null for who does not work on it. `report_due_on`: by when the procedure wants
    the commune's report. `may`: what the caller may do now."""

    contacts: list[Contact] | None
    draft: dict[str, JsonValue]
    opened: Signature
    filled_by: Signature | None
    confirmation: Signature | None
    report: Report | None
    report_due_on: date | None
    packages: list[Submitted]
    returns: list[Return]
    acceptance: Signature | None
    withdrawal: Withdrawal | None
    outcomes: list[Outcome]
    may: list[Act]

    @classmethod
    def seen(cls, seen: SeenDossier) -> "WholeDossier":
        one, by = seen
        line = DossierLine.of(one).model_dump()
        said = {"contacts", "draft", "report_due_on", "may", *line}
        return cls(
            **line, **_own(one, cls, *said), report_due_on=one.report_due_on, may=one.may(by),
            contacts=list(one.contacts) if by.is_one_of(*OF_THE_PRODUCER) else None,
            draft=without_ways(one.draft) if by.above else one.draft,
        )  # fmt: skip


class Versions(Query):
    """Two versions, as the history numbers them."""

    was: int = Field(ge=1, le=1_000_000_000)
    now: int = Field(ge=1, le=1_000_000_000)


class Difference(BaseModel):
    """`field`: of the draft by its path, or of the dossier by its name."""

    field: str
    was: JsonValue
    now: JsonValue


class Differences(BaseModel):
    items: list[Difference]


@dossiers.post("", responses={201: WholeDossier})
@signed_in()
def open(path: TenantPath, body: Opening) -> Response:
    """Open one of a product in a round."""
    return _answer(run(open_dossier, body), 201)


@dossiers.get("", responses={200: Lines})
@signed_in(below=True)
def list_all(path: TenantPath, query: DossierPage) -> dict[str, Any]:
    """By id: the tenant's for its officers, those of the own unit for a commune officer, submitted
    ones for the help team, also those below for a supervisor; with `mine` the caller's own."""
    wanted = Wanted(**query.model_dump(include=Wanted.model_fields.keys()))
    found = run(list_dossiers, wanted, after=query.after, limit=query.limit)
    items = [DossierLine.of(one) for one in found]
    return Lines(items=items, after=query.next_after(found)).model_dump(mode="json")


@dossiers.get("/<id>", responses={200: WholeDossier})
@signed_in(below=True)
def read(path: DossierPath) -> Response:
    return _answer(run(see_dossier, path.id))


@dossiers.get("/<id>/history", responses={200: History})
@signed_in(below=True)
def tell_history(path: DossierPath, query: HistoryPage) -> dict[str, Any]:
    """What was done to it, by whom and when, for whoever reads the draft."""
    acts, by = run(history_of, path.id, query.after, query.limit)
    return History.of([_line(one, by) for one in acts], query).model_dump(mode="json")


@dossiers.get("/<id>/differences", responses={200: Differences})
@signed_in(below=True)
def compare(path: DossierPath, query: Versions) -> dict[str, Any]:
    """What is otherwise in two of its versions, field by field, of what the caller reads of it."""
    was, now = (_fields(one) for one in run(versions_of, path.id, query.was, query.now))
    items = [
        Difference(field=name, was=was.get(name), now=now.get(name))
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]
    return Differences(items=items).model_dump(mode="json")


@dossiers.patch("/<id>/fields", responses={200: Saved})
@signed_in()
def save_fields(path: DossierPath, body: Changes) -> Response:
    """Each field with the value that it replaces: only what two have changed is a conflict, told
    with both values, and nothing of that save is written then. A null takes a value away."""
    (one, by), sent, at = run(fill_dossier, path.id, body.changes)
    saved = Saved(
        version=one.version, saved_at=at, state=one.state, may=one.may(by),
        fields={change.field: change.now for change in sent},
    )  # fmt: skip
    return versioned(saved, one.version)


@dossiers.post("/<id>/confirmation", responses={200: WholeDossier})
@signed_in()
def confirm(path: DossierPath) -> Response:
    """A contact confirms what an officer has filled in."""
    return _answer(run(confirm_dossier, path.id, if_match()))


@dossiers.post("/<id>/commune-report", responses={200: WholeDossier})
@signed_in()
def report(path: DossierPath) -> Response:
    """The commune's officer has finished Form 03."""
    return _answer(run(finish_commune_report, path.id, if_match()))


@dossiers.post("/<id>/submission", responses={200: WholeDossier})
@signed_in()
def submit(path: DossierPath) -> Response:
    """Freeze what stands there as the next package, which goes to the help team."""
    return _answer(run(submit_dossier, path.id, if_match()))


@dossiers.post("/<id>/withdrawal", responses={200: WholeDossier})
@signed_in()
def withdraw(path: DossierPath, body: Reason) -> Response:
    """Until a council has it."""
    return _answer(run(withdraw_dossier, path.id, body.reason, if_match()))


def _line(one: Row, by: Actor) -> ActLine:
    """Form 03 is the commune's own; who reads from above is told nobody's number or address."""
    told = line(one)
    match told.detail:
        case {"changes": [*given], "standings": [*standings]}:
            changes = [Change.model_validate(each) for each in given]
            theirs = any(not is_report(each.field) for each in changes)
            seen = [each for each in changes if not (by.above and each.field in WAYS)]
            told.on_behalf = theirs and Standing.CONTACT not in standings
            told.detail |= {"changes": [each.model_dump(mode="json") for each in seen]}
    return told


def _fields(seen: SeenDossier) -> dict[str, Any]:
    whole = WholeDossier.seen(seen).model_dump(mode="json", exclude={"version", "may"})
    return whole.pop("draft") | whole


def _own(one: Dossier, model: type[BaseModel], *but: str) -> dict[str, Any]:
    """What the answer has as the dossier has it."""
    return {name: getattr(one, name) for name in model.model_fields.keys() - set(but)}


def _answer(seen: SeenDossier, status: int = 200) -> Response:
    return versioned(WholeDossier.seen(seen), seen.dossier.version, status)
