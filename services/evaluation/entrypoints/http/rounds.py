from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Response
from pydantic import BaseModel

from chassis.http.access import allowed, caller, signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import versioned
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.councils import RoundFacts
from contracts.text import Said
from rules.procedures import procedures
from services.evaluation.application.rounds import Opening, close_round, open_round
from services.evaluation.domain.rounds import Round, warnings

rounds = blueprint("rounds", __name__)


class RoundPath(TenantPath):
    id: AskedId


class RoundState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class RoundAnswer(BaseModel):
    """`warnings`: what to look at again; nothing was refused for it. `may`: the acts that the
    caller may do now."""

    id: str
    tenant: str
    version: int
    facts: RoundFacts
    state: RoundState
    closed_at: datetime | None
    warnings: list[Said]
    may: list[str]

    @classmethod
    def of(cls, one: Round) -> "RoundAnswer":
        closed = one.closed_at is not None
        told = warnings(one.facts, procedures()[one.facts.procedure])
        return cls(
            id=one.id, tenant=one.tenant, version=one.version, facts=one.facts,
            state=RoundState.CLOSED if closed else RoundState.OPEN, closed_at=one.closed_at,
            warnings=[Said.of(words) for words in told],
            may=["closing"] if not closed and _an_officer() else [],
        )  # fmt: skip


class RoundPage(BaseModel):
    items: list[RoundAnswer]
    after: str | None


@rounds.post("", responses={201: RoundAnswer})
@allowed(Role.OFFICER, Role.ADMINISTRATOR)
def open_one(path: TenantPath, body: Opening) -> Response:
    """Take dossiers from a day to a day, under one procedure and edition."""
    one = run(open_round, body)
    return versioned(RoundAnswer.of(one), one.version, 201)


@rounds.get("", responses={200: RoundPage})
@signed_in()
def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
    """The tenant's rounds, by id."""
    found = run(UnitOfWork.page, Round, after=query.after, limit=query.limit)
    items = [RoundAnswer.of(one) for one in found]
    return RoundPage(items=items, after=query.next_after(found)).model_dump(mode="json")


@rounds.get("/<id>", responses={200: RoundAnswer})
@signed_in()
def read(path: RoundPath) -> Response:
    one = run(UnitOfWork.get, Round, path.id)
    return versioned(RoundAnswer.of(one), one.version)


@rounds.post("/<id>/closing", responses={200: RoundAnswer})
@allowed(Role.OFFICER, Role.ADMINISTRATOR)
def close(path: RoundPath) -> Response:
    """Open no further dossier in it."""
    one = run(close_round, path.id)
    return versioned(RoundAnswer.of(one), one.version)


def _an_officer() -> bool:
    who = caller()
    return who is not None and bool(who.roles & {Role.OFFICER, Role.ADMINISTRATOR})
