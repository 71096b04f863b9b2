"""Producers are registered, looked at and changed; a person sees which may be one and the same."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chassis.problems import Conflict, Forbidden
from chassis.store.unit_of_work import Act, UnitOfWork
from contracts.dossier import ProducerChanged, ProducerFacts, ProducerRegistered
from contracts.person import GivenContact
from contracts.text import Id, Name
from rules.vietnamese import lowered
from services.dossier.application.certificates import holding_of
from services.dossier.application.proposed_changes import change_facts, proposed_of
from services.dossier.application.standing import (
    actor,
    no_such,
    own_unit,
    reaching,
    sees_lists,
)
from services.dossier.domain.producers import Likeness, Producer, likenesses
from services.dossier.domain.products import Product
from services.dossier.domain.proposed_changes import WORDS, ProposedChange, differing, taken
from services.dossier.domain.standing import OF_THE_PRODUCER, Actor, Standing

Contacts = Annotated[tuple[GivenContact, ...], Field(min_length=1, max_length=20)]


class GivenProducer(ProducerFacts):
    model_config = ConfigDict(extra="forbid")

    name: Name
    address: Name


class ProducerRegistration(BaseModel):
    """`commune`: of a commune officer's own registrations it is theirs."""

    model_config = ConfigDict(extra="forbid")

    facts: GivenProducer
    contacts: Contacts
    commune: Name | None = None


class ProducerAmendment(BaseModel):
    """What is left out stays as it is. A producer that has contacts keeps one at the least."""

    model_config = ConfigDict(extra="forbid")

    facts: GivenProducer | None = None
    contacts: Contacts | None = None
    commune: Name | None = None


class SeenProducer(NamedTuple):
    """`likenesses`: the groups of names that this one's belongs to. `proposed`: what waits to be
    confirmed of it, for who may change it."""

    producer: Producer
    by: Actor
    likenesses: tuple[Likeness, ...] = ()
    proposed: ProposedChange | None = None

    @property
    def may_change(self) -> bool:
        return self.by.is_one_of(*OF_THE_PRODUCER)


def propose_likenesses(work: UnitOfWork) -> list[Likeness]:
    """Among all producers within reach."""
    return likenesses(work.all(Producer, withdrawn=False))


def register_producer(work: UnitOfWork, given: ProducerRegistration) -> SeenProducer:
    """By an officer, a commune officer for the own unit, or a person for what they answer for."""
    producer = Producer(
        tenant=work.scope.tenant,
        facts=given.facts.model_dump(),
        contacts=given.contacts,
        commune=given.commune or work.scope.person.unit,
    )
    by = _changing(work, producer)
    _refuse_double(work, producer, producer.facts)
    alike = likenesses([*work.all(Producer, withdrawn=False), producer])
    work.save(producer)
    work.tell(ProducerRegistered(producer=producer.facts), about=producer)
    return SeenProducer(producer, by, _with(producer, alike))


def see_producer(work: UnitOfWork, id: str) -> SeenProducer:
    producer = _registered(work, id)
    by = actor(work, producer, producer.commune)
    if not by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        raise no_such("producer")
    mine = by.is_one_of(*OF_THE_PRODUCER)
    return SeenProducer(producer, by, proposed=proposed_of(work, producer.id) if mine else None)


def history_of_producer(work: UnitOfWork, id: str, after: int, limit: int) -> list[Act]:
    """A page of the acts on it, the oldest first; for who may change it."""
    seen = see_producer(work, id)
    if not seen.may_change:
        raise no_such("producer")
    return work.acts(seen.producer, after=after, limit=limit)


def change_producer(
    work: UnitOfWork, id: str, given: ProducerAmendment, seen: int | None
) -> SeenProducer:
    """Its name stands in its products as well: by both a list's row is known again. What their
    certificates say of it waits for an officer."""
    producer = _registered(work, id)
    if not actor(work, producer, producer.commune).is_one_of(*OF_THE_PRODUCER):
        raise no_such("producer")
    work.expect(producer, seen)
    was = producer.model_copy()
    if given.contacts:
        producer.contacts = given.contacts
    if "commune" in given.model_fields_set:
        producer.commune = given.commune
    by, waiting = _changing(work, producer), proposed_of(work, producer.id)
    if given.facts:
        wanted = ProducerFacts(**given.facts.model_dump())
        _refuse_double(work, producer, wanted)
        words = differing(was.facts, wanted, WORDS[ProducerFacts])
        held = _held(work, producer) if words else ()
        producer.facts, waiting = change_facts(work, producer, was.facts, wanted, held, by)
    _keep(work, was, producer)
    return SeenProducer(producer, by, proposed=waiting)


def settle_producer(
    work: UnitOfWork, id: Id, words: Mapping[str, JsonValue], *, confirmed: bool
) -> None:
    """Let the register say what was confirmed, or what was there before it was proposed."""
    producer = _registered(work, id)
    was = producer.model_copy()
    producer.facts = taken(producer.facts, words)
    producer.confirmed = confirmed or producer.confirmed
    _refuse_double(work, was, producer.facts)
    _keep(work, was, producer)


def list_producers(
    work: UnitOfWork, *, after: str | None, limit: int, mine: bool
) -> list[Producer]:
    """By id: those that the caller may look through, or with `mine` is a contact of."""
    wanted: dict[str, Any] = {}
    if mine:
        wanted = _mine(work)
    elif not sees_lists(work):
        wanted = {"commune_key": own_unit(work), "tenant": work.scope.tenant}
    return work.page(Producer, after=after, limit=limit, withdrawn=False, **wanted)


def own_producers(work: UnitOfWork) -> list[str]:
    """The ids of those of whom the caller is a contact."""
    return [one.id for one in work.all(Producer, withdrawn=False, **_mine(work))]


def _mine(work: UnitOfWork) -> dict[str, Any]:
    return {"reached_by__in": reaching(work.scope.person), "tenant": work.scope.tenant}


def differences(was: Mapping[str, JsonValue], now: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What is otherwise now, each as [before, after]: for the act's row."""
    return {name: [was[name], now[name]] for name in now if was[name] != now[name]}


def _registered(work: UnitOfWork, id: str) -> Producer:
    producer = work.first(Producer, id=id, withdrawn=False)
    if producer is None:
        raise no_such("producer")
    return producer


def _changing(work: UnitOfWork, producer: Producer) -> Actor:
    """Who may have it stand so: nobody registers for others, or gives away what they answer for."""
    by = actor(work, producer, producer.commune)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise Forbidden(
            "Bạn phải là người liên hệ của chủ thể, cán bộ của xã đó hoặc cán bộ của đơn vị.",
            "You have to be a contact of the producer, or an officer of its commune or tenant.",
        )
    return by


def _refuse_double(work: UnitOfWork, producer: Producer, facts: ProducerFacts) -> None:
    """`facts`: as it wants to have them; what it has itself is no double."""
    found = work.all(Producer, key=lowered(facts.name), tenant=producer.tenant, withdrawn=False)
    if any(one.id != producer.id for one in found):
        raise Conflict(
            f"Đã có chủ thể tên “{facts.name}”.",
            f"There is a producer named “{facts.name}” already.",
        )


def _held(work: UnitOfWork, producer: Producer) -> set[str]:
    """What the certificates of its products say of it. They are saved, so that one that comes at
    this moment is seen."""
    products = work.all(Product, facts__producer_id=producer.id, withdrawn=False)
    work.save(*products)
    return holding_of(work, *(one.id for one in products)).words_of_producer


def _keep(work: UnitOfWork, was: Producer, producer: Producer) -> None:
    if producer.facts.name != was.facts.name:
        for product in work.all(Product, facts__producer_id=producer.id):
            product.producer = producer.facts.name
            work.save(product)
    work.save(producer, detail=_changed(was, producer))
    if (producer.facts, producer.confirmed) != (was.facts, was.confirmed):
        told = ProducerChanged(producer=producer.facts, confirmed=producer.confirmed)
        work.tell(told, about=producer)


def _with(producer: Producer, alike: list[Likeness]) -> tuple[Likeness, ...]:
    return tuple(one for one in alike if producer in one.producers)


def _changed(was: Producer, now: Producer) -> dict[str, JsonValue]:
    told = {"facts", "contacts", "commune"}
    return differences(
        was.model_dump(mode="json", include=told), now.model_dump(mode="json", include=told)
    )
