"""Proposed changes are looked through, and confirmed, refused or withdrawn."""

from typing import Any, NamedTuple

from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id, Paragraph
from services.dossier.application.dossiers import said_of
from services.dossier.application.producers import own_producers, settle_producer
from services.dossier.application.products import settle_product
from services.dossier.application.standing import actor, is_officer, no_such, own_unit
from services.dossier.domain.producers import Producer
from services.dossier.domain.proposed_changes import ChangeState, ProposedChange, Subject
from services.dossier.domain.standing import OF_THE_PRODUCER, Actor


class SeenChange(NamedTuple):
    change: ProposedChange
    by: Actor


def list_changes(
    work: UnitOfWork, *, after: str | None, limit: int, mine: bool, state: ChangeState | None
) -> list[SeenChange]:
    """By id: the tenant's for its officers, those of the own unit for a commune officer, with
    `mine` those of the caller's producers."""
    wanted: dict[str, Any] = {"tenant": work.scope.tenant}
    if state:
        wanted["state"] = state
    if mine:
        wanted["producer_id__in"] = own_producers(work)
    elif not is_officer(work):
        wanted["commune_key"] = own_unit(work)
    found = work.page(ProposedChange, after=after, limit=limit, **wanted)
    return [SeenChange(one, _actor(work, one)) for one in found]


def see_change(work: UnitOfWork, id: Id) -> SeenChange:
    change = work.get(ProposedChange, id)
    by = _actor(work, change)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise no_such("proposed change")
    return SeenChange(change, by)


def confirm_change(work: UnitOfWork, id: Id, reason: Paragraph) -> SeenChange:
    """By an officer; the register says it from now on, and the public beside what was certified."""
    change, by = see_change(work, id)
    change.confirm(by, work.at, reason)
    _settle(work, change, by, confirmed=True)
    return SeenChange(change, by)


def refuse_change(work: UnitOfWork, id: Id, reason: Paragraph) -> SeenChange:
    change, by = see_change(work, id)
    change.refuse(by, work.at, reason)
    _settle(work, change, by, confirmed=False)
    return SeenChange(change, by)


def withdraw_change(work: UnitOfWork, id: Id, reason: Paragraph) -> SeenChange:
    change, by = see_change(work, id)
    change.withdraw(by, work.at, reason)
    _settle(work, change, by, confirmed=False)
    return SeenChange(change, by)


def _settle(work: UnitOfWork, change: ProposedChange, by: Actor, *, confirmed: bool) -> None:
    work.save(change, detail=said_of(by) | {"reason": change.reason})
    words = change.now if confirmed else change.was
    match change.subject:
        case Subject.PRODUCER:
            settle_producer(work, change.subject_id, words, confirmed=confirmed)
        case Subject.PRODUCT:
            settle_product(work, change.subject_id, words, confirmed=confirmed)


def _actor(work: UnitOfWork, change: ProposedChange) -> Actor:
    return actor(work, work.get(Producer, change.producer_id), change.commune)
