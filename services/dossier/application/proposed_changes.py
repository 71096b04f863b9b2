"""What of a change stands in the register at once, and what is proposed of it."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from pydantic import JsonValue

from chassis.store.unit_of_work import UnitOfWork
from contracts.dossier import ProducerFacts, ProductFacts
from contracts.text import Id, Line
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product
from services.dossier.domain.proposed_changes import (
    WORDS,
    ChangeState,
    ProposedChange,
    Subject,
    differing,
    taken,
)
from services.dossier.domain.standing import FILLERS, Actor, Signature

F = TypeVar("F", ProducerFacts, ProductFacts)


def change_facts(
    work: UnitOfWork, of: Producer | Product, was: F, wanted: F, held: Collection[str], by: Actor
) -> tuple[F, ProposedChange | None]:
    """The facts as they stand now, without those words that are `held` by a certificate, and what
    waits of it now. A word that is given anew takes the place of what was proposed for it.

    Who calls it saves what it is of, so that of two at once one sees the other's.
    """
    changed = differing(was, wanted, WORDS[type(was)])
    before, after = was.model_dump(mode="json"), wanted.model_dump(mode="json")
    proposed = {name: after[name] for name in changed if name in held}
    if len(proposed) < len(changed):
        of.confirmed = False
    waiting = proposed_of(work, of.id)
    still = waiting.now if waiting else {}
    now = {name: one for name, one in still.items() if name not in changed} | proposed
    if now != still:
        first, signed = (waiting.was, waiting.proposed) if waiting else ({}, ())
        if proposed:
            signed += (Signature.of(by, work.at, *FILLERS),)
        overtake(work, [of.id])
        waiting = _proposing(work, of, before | first, now, signed) if now else None
    return taken(wanted, {name: before[name] for name in proposed}), waiting


def propose_late(work: UnitOfWork, of: Producer | Product, certified: F) -> None:
    """A certificate came that says otherwise than the register, of which nobody has confirmed that:
    the register's words are what is proposed. They were not certified, and nobody sees them."""
    now = of.facts
    assert type(now) is type(certified)
    words = differing(certified, now, WORDS[type(certified)])
    if of.confirmed or not words or proposed_of(work, of.id):
        return
    was, said = certified.model_dump(mode="json"), now.model_dump(mode="json")
    _proposing(work, of, was, {name: said[name] for name in words}, ())


def proposed_of(work: UnitOfWork, id: Id) -> ProposedChange | None:
    """What waits to be confirmed of this producer or product."""
    return work.first(ProposedChange, subject_id=id, state=ChangeState.OPEN)


def overtake(work: UnitOfWork, ids: Collection[Id]) -> None:
    """What waits of these was overtaken: by another change, or as they are there no more."""
    for waiting in work.all(ProposedChange, subject_id__in=[*ids], state=ChangeState.OPEN):
        waiting.overtake()
        work.save(waiting)


def _proposing(
    work: UnitOfWork,
    of: Producer | Product,
    was: Mapping[str, JsonValue],
    now: Mapping[str, JsonValue],
    signed: tuple[Signature, ...],
) -> ProposedChange:
    subject, producer_id, commune = _about(of)
    change = ProposedChange(
        tenant=of.tenant, subject=subject, subject_id=of.id, producer_id=producer_id,
        name=of.facts.name, commune=commune, was={name: was[name] for name in now}, now=dict(now),
        proposed=signed, at=work.at,
    )  # fmt: skip
    work.save(change)
    return change


def _about(of: Producer | Product) -> tuple[Subject, Id, Line | None]:
    match of:
        case Producer():
            return Subject.PRODUCER, of.id, of.commune
        case Product():
            return Subject.PRODUCT, of.facts.producer_id, of.facts.commune
