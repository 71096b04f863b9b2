from typing import Any

from pydantic import BaseModel

from chassis.http.access import allowed
from chassis.http.app import Page, TenantPath, blueprint
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.dossier import ProducerFacts
from services.dossier.application.producers import propose_likenesses
from services.dossier.domain.producers import Likeness, Producer

producers = blueprint("producers", __name__)


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


class Said(BaseModel):
    vi: str
    en: str


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
        return cls(producers=named, reason=Said(**one.reason._asdict()))


class Proposals(BaseModel):
    items: list[Proposal]


@producers.get("", responses={200: ProducerPage})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
    """The producers of the tenant and of those below it, by id."""
    found = run(UnitOfWork.page, Producer, after=query.after, limit=query.limit, withdrawn=False)
    items = [RegisteredProducer.of(one) for one in found]
    return ProducerPage(items=items, after=query.next_after(found)).model_dump(mode="json")


@producers.get("/likenesses", responses={200: Proposals})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
def list_likenesses(path: TenantPath) -> dict[str, Any]:
    """Producers whose names are so alike that a person should look."""
    found = run(propose_likenesses)
    return Proposals(items=[Proposal.of(one) for one in found]).model_dump(mode="json")
