from typing import Any

from flask import Response
from pydantic import BaseModel

from chassis.http.access import allowed, signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from chassis.tokens import Role
from contracts.dossier import ProducerFacts
from contracts.person import Contact
from contracts.text import Line, Said
from services.dossier.application.producers import (
    ProducerAmendment,
    ProducerRegistration,
    SeenProducer,
    change_producer,
    history_of_producer,
    list_producers,
    propose_likenesses,
    register_producer,
    see_producer,
)
from services.dossier.domain.producers import Likeness, Producer
from services.dossier.entrypoints.http.history import History, HistoryPage
from services.dossier.entrypoints.http.proposed_changes import ChangeLine

producers = blueprint("producers", __name__)


class ProducerPath(TenantPath):
    id: AskedId


class MinePage(Page):
    """`mine`: whose contact the caller is."""

    mine: bool = False


class RegisteredProducer(BaseModel):
    id: str
    tenant: str
    version: int
    facts: ProducerFacts

    @classmethod
    def of(cls, one: Producer) -> "RegisteredProducer":
        return cls(id=one.id, tenant=one.tenant, version=one.version, facts=one.facts)


class ProducerPage(BaseModel):
    items: list[RegisteredProducer]
    after: str | None


class NamedProducer(BaseModel):
    """`id` null: not in the register yet."""

    id: str | None
    tenant: str
    name: str


class Proposal(BaseModel):
    """Producers that may be one and the same. Only a person merges."""

    producers: list[NamedProducer]
    reason: Said

    @classmethod
    def of(cls, one: Likeness) -> "Proposal":
        named = [
            NamedProducer(
                id=each.id if each.version else None, tenant=each.tenant, name=each.facts.name
            )
            for each in one.producers
        ]
        return cls(producers=named, reason=Said.of(one.reason))


class Proposals(BaseModel):
    items: list[Proposal]


class WholeProducer(RegisteredProducer):
    """`contacts`: null for who reads from above. `alike`: at its registration, producers that may
    be the same one. `proposed`: what of it waits for an officer, for who may change it. `may`:
    what the caller may do now."""

    commune: Line | None
    contacts: list[Contact] | None
    alike: list[Proposal]
    proposed: ChangeLine | None
    may: list[str]

    @classmethod
    def seen(cls, seen: SeenProducer) -> "WholeProducer":
        one = seen.producer
        return cls(
            **RegisteredProducer.of(one).model_dump(),
            commune=one.commune,
            contacts=list(one.contacts) if seen.may_change else None,
            alike=[Proposal.of(each) for each in seen.likenesses],
            proposed=ChangeLine.of(seen.proposed) if seen.proposed else None,
            may=["change"] if seen.may_change else [],
        )


@producers.get("", responses={200: ProducerPage})
@signed_in(below=True)
def list_all(path: TenantPath, query: MinePage) -> dict[str, Any]:
    """The producers of the tenant and of those below it, by id, for its officers and supervisors;
    those of the own unit for a commune officer; with `mine` those whose contact the caller is."""
    found = run(list_producers, after=query.after, limit=query.limit, mine=query.mine)
    items = [RegisteredProducer.of(one) for one in found]
    return ProducerPage(items=items, after=query.next_after(found)).model_dump(mode="json")


@producers.get("/likenesses", responses={200: Proposals})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
def list_likenesses(path: TenantPath) -> dict[str, Any]:
    """Producers whose names are so alike that a person should look."""
    found = run(propose_likenesses)
    return Proposals(items=[Proposal.of(one) for one in found]).model_dump(mode="json")


@producers.post("", responses={201: WholeProducer})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.COMMUNE_OFFICER, Role.PRODUCER)
def register(path: TenantPath, body: ProducerRegistration) -> Response:
    """A commune officer registers for the own unit, a producer itself."""
    seen = run(register_producer, body)
    return versioned(WholeProducer.seen(seen), seen.producer.version, 201)


@producers.get("/<id>", responses={200: WholeProducer})
@signed_in(below=True)
def read(path: ProducerPath) -> Response:
    seen = run(see_producer, path.id)
    return versioned(WholeProducer.seen(seen), seen.producer.version)


@producers.get("/<id>/history", responses={200: History})
@signed_in()
def tell_history(path: ProducerPath, query: HistoryPage) -> dict[str, Any]:
    """What was done to it, by whom and when, for whoever may change it."""
    acts = run(history_of_producer, path.id, query.after, query.limit)
    return History.told(acts, query).model_dump(mode="json")


@producers.patch("/<id>", responses={200: WholeProducer})
@signed_in()
def change(path: ProducerPath, body: ProducerAmendment) -> Response:
    """What the body leaves out stays; `facts` and `contacts` are given whole. What certificates of
    its products say stays, and is proposed."""
    seen = run(change_producer, path.id, body, if_match())
    return versioned(WholeProducer.seen(seen), seen.producer.version)
