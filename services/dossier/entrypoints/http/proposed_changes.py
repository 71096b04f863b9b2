from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, JsonValue

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import versioned
from chassis.store.unit_of_work import run
from contracts.text import Paragraph
from services.dossier.application.confirmations import (
    SeenChange,
    confirm_change,
    list_changes,
    refuse_change,
    see_change,
    withdraw_change,
)
from services.dossier.domain.proposed_changes import ChangeState, ProposedChange, Subject
from services.dossier.domain.standing import Signature

proposed_changes = blueprint("proposed-changes", __name__)


class ChangePath(TenantPath):
    id: AskedId


class ChangePage(Page):
    """`mine`: of the producers whose contact the caller is."""

    state: ChangeState | None = None
    mine: bool = False


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Paragraph


class ChangeLine(BaseModel):
    """`name`: the thing's, as the register had it. `proposed`: who had a hand in it; empty: the
    register said it before the certificate came that says otherwise."""

    id: str
    version: int
    subject: Subject
    subject_id: str
    producer_id: str
    name: str
    was: dict[str, JsonValue]
    now: dict[str, JsonValue]
    proposed: list[Signature]
    at: datetime
    state: ChangeState
    ended: Signature | None
    reason: str | None

    @classmethod
    def of(cls, one: ProposedChange) -> "ChangeLine":
        return cls(**one.model_dump(include=set(ChangeLine.model_fields)))


class WholeChange(ChangeLine):
    """`may`: what the caller may do now."""

    may: list[str]

    @classmethod
    def seen(cls, seen: SeenChange) -> "WholeChange":
        line = ChangeLine.of(seen.change).model_dump()
        return cls(**line, may=seen.change.may(seen.by))


class Changes(BaseModel):
    items: list[WholeChange]
    after: str | None


@proposed_changes.get("", responses={200: Changes})
@signed_in()
def list_all(path: TenantPath, query: ChangePage) -> dict[str, Any]:
    """By id: the tenant's for its officers, those of the own unit for a commune officer; with
    `mine` those of the caller's producers."""
    found = run(
        list_changes, after=query.after, limit=query.limit, mine=query.mine, state=query.state
    )
    after = query.next_after([one.change for one in found])
    items = [WholeChange.seen(one) for one in found]
    return Changes(items=items, after=after).model_dump(mode="json")


@proposed_changes.get("/<id>", responses={200: WholeChange})
@signed_in()
def read(path: ChangePath) -> Response:
    return _answer(run(see_change, path.id))


@proposed_changes.post("/<id>/confirmation", responses={200: WholeChange})
@signed_in()
def confirm(path: ChangePath, body: Reason) -> Response:
    """By an officer who neither proposed it nor is a contact of the producer. The register says it
    from now on, and the public beside what was certified."""
    return _answer(run(confirm_change, path.id, body.reason))


@proposed_changes.post("/<id>/refusal", responses={200: WholeChange})
@signed_in()
def refuse(path: ChangePath, body: Reason) -> Response:
    """By the same; the register goes on saying what it said."""
    return _answer(run(refuse_change, path.id, body.reason))


@proposed_changes.post("/<id>/withdrawal", responses={200: WholeChange})
@signed_in()
def withdraw(path: ChangePath, body: Reason) -> Response:
    """By a contact of the producer, or by who proposed it."""
    return _answer(run(withdraw_change, path.id, body.reason))


def _answer(seen: SeenChange) -> Response:
    return versioned(WholeChange.seen(seen), seen.change.version)
