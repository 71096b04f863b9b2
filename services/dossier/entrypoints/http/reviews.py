from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.http.access import allowed
from chassis.http.app import AskedId, Query, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from chassis.tokens import Role
from contracts.filing import ReturnedItem
from contracts.package import DossierKind, Manifest
from services.dossier.application.reviews import (
    Reviewed,
    SeenReview,
    Waiting,
    accept_dossier,
    list_reviews,
    return_dossier,
    say_verdicts,
    see_review,
)
from services.dossier.domain.completeness import Finding
from services.dossier.domain.dossiers import Act, State
from services.dossier.domain.reviews import Verdict, VerdictChange
from services.dossier.domain.standing import Signature

reviews = blueprint("reviews", __name__)
READING = (
    Role.HELP_TEAM, Role.OFFICER, Role.ADMINISTRATOR, Role.AUTHORITY, Role.SUPERVISOR,
)  # fmt: skip
ACTS = (Act.REVIEW, Act.RETURN, Act.ACCEPT)


class ReviewPath(TenantPath):
    """`id`: of the dossier."""

    id: AskedId


class QueuePage(Query):
    """What comes behind `after`, by deadline. `overdue`: only what should have been done."""

    after: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}/[0-9a-f-]{36}$")] | None = None
    limit: int = Field(50, ge=1, le=200)
    state: Literal[State.SUBMITTED, State.RETURNED] | None = None
    round_id: AskedId | None = None
    overdue: bool = False


class Queued(BaseModel):
    """`age`: working days since it was submitted. `due_on`: by when the help team should have
    looked at it, or while it is returned by when it has to be completed. `said`, `open`: items with
    a verdict, and of these those that are lacking or unclear."""

    dossier_id: str
    tenant: str
    product: str
    producer: str
    commune: str | None
    kind: DossierKind
    round_id: str
    round: str
    state: State
    number: int
    submitted_at: datetime
    age: int
    due_on: date
    overdue: bool
    said: int
    open: int

    @classmethod
    def of(cls, one: Waiting) -> "Queued":
        dossier, review, package = one.dossier, one.review, one.dossier.packages[-1]
        return cls(
            dossier_id=dossier.id, tenant=dossier.tenant, product=dossier.product,
            producer=dossier.producer, commune=dossier.commune, kind=dossier.kind,
            round_id=dossier.round_id, round=dossier.round, state=dossier.state,
            number=package.number, submitted_at=package.signed.at, age=one.age,
            due_on=one.due_on, overdue=one.overdue,
            said=len(review.verdicts) if review else 0, open=len(review.open) if review else 0,
        )  # fmt: skip


class Queue(BaseModel):
    items: list[Queued]
    after: str | None


class SaidVerdict(Verdict):
    item: str
    signed: Signature


class ReviewedPackage(BaseModel):
    """A package, with what the help team said of it and asked to complete."""

    package_id: str
    number: int
    manifest: Manifest
    verdicts: list[SaidVerdict]
    items: list[ReturnedItem]
    until: date | None

    @classmethod
    def of(cls, one: Reviewed, seen: SeenReview) -> "ReviewedPackage":
        manifest, returned = one.package.manifest, seen.returned(one)
        if seen.by.above:
            manifest = manifest.from_above()
        return cls(
            package_id=one.package.id, number=manifest.number, manifest=manifest,
            verdicts=[
                SaidVerdict(item=item, signed=one.review.signed[item], **said.model_dump())
                for item, said in one.review.read.items()
            ],
            items=list(returned.items) if returned else [],
            until=returned.until if returned else None,
        )  # fmt: skip


class ReviewAnswer(BaseModel):
    """`version`: the dossier's. `unseen`: criteria without a verdict. `changed`: the fields that
    are otherwise than in the package `before`. `completeness`: of the dossier as it is now."""

    dossier_id: str
    tenant: str
    version: int
    state: State
    last: ReviewedPackage
    before: ReviewedPackage | None
    unseen: list[str]
    changed: list[str]
    completeness: list[Finding]
    may: list[Act]

    @classmethod
    def of(cls, seen: SeenReview) -> "ReviewAnswer":
        dossier = seen.dossier
        return cls(
            dossier_id=dossier.id, tenant=dossier.tenant, version=dossier.version,
            state=dossier.state, last=ReviewedPackage.of(seen.last, seen),
            before=seen.before and ReviewedPackage.of(seen.before, seen),
            unseen=seen.unseen, changed=seen.changed, completeness=[*seen.findings],
            may=[act for act in ACTS if act in dossier.may(seen.by)],
        )  # fmt: skip


class Verdicts(BaseModel):
    model_config = ConfigDict(extra="forbid")

    verdicts: Annotated[tuple[VerdictChange, ...], Field(min_length=1, max_length=500)]


class AskedItem(ReturnedItem):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(BaseModel):
    """Without `items`: all that is lacking or unclear. `until`: a working day after today."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[tuple[AskedItem, ...], Field(max_length=500)] = ()
    until: date


@reviews.get("", responses={200: Queue})
@allowed(*READING, below=True)
def list_all(path: TenantPath, query: QueuePage) -> dict[str, Any]:
    """The submitted and returned dossiers, by deadline; for a supervisor those below as well."""
    found = run(list_reviews, **query.model_dump())
    items = [Queued.of(one) for one in found]
    return Queue(items=items, after=_after(found, query.limit)).model_dump(mode="json")


@reviews.get("/<id>", responses={200: ReviewAnswer})
@allowed(*READING, below=True)
def read(path: ReviewPath) -> Response:
    """The last package and the one before it, each with its verdicts. ETag: the dossier's."""
    return _answer(run(see_review, path.id))


@reviews.post("/<id>/verdicts", responses={200: ReviewAnswer})
@allowed(Role.HELP_TEAM)
def say(path: ReviewPath, body: Verdicts) -> Response:
    """Each with the verdict that it replaces (`was`): 409 `collided` where another was first."""
    return _answer(run(say_verdicts, path.id, body.verdicts, if_match()))


@reviews.post("/<id>/return", responses={200: ReviewAnswer})
@allowed(Role.HELP_TEAM)
def send_back(path: ReviewPath, body: Asked) -> Response:
    return _answer(run(return_dossier, path.id, body.items, body.until, if_match()))


@reviews.post("/<id>/acceptance", responses={200: ReviewAnswer})
@allowed(Role.HELP_TEAM)
def accept(path: ReviewPath) -> Response:
    """For the council. 409 `open-items` while one is lacking or unclear."""
    return _answer(run(accept_dossier, path.id, if_match()))


def _answer(seen: SeenReview) -> Response:
    return versioned(ReviewAnswer.of(seen), seen.dossier.version)


def _after(found: Sequence[Waiting], limit: int) -> str | None:
    return found[-1].dossier.queue if len(found) == limit else None
