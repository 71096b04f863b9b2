from typing import Any

from pydantic import BaseModel

from chassis.http.access import signed_in
from chassis.http.app import Page, TenantPath, blueprint
from chassis.store.unit_of_work import run
from contracts.councils import RoundFacts
from services.dossier.application.rounds import list_open_rounds
from services.dossier.domain.rounds import Round

rounds = blueprint("rounds", __name__)


class OpenRound(BaseModel):
    id: str
    tenant: str
    facts: RoundFacts

    @classmethod
    def of(cls, one: Round) -> "OpenRound":
        return cls(id=one.id, tenant=one.tenant, facts=one.facts)


class RoundPage(BaseModel):
    items: list[OpenRound]
    after: str | None


@rounds.get("", responses={200: RoundPage})
@signed_in()
def list_open(path: TenantPath, query: Page) -> dict[str, Any]:
    """The rounds of the tenant that a dossier may be opened in, by id."""
    found = run(list_open_rounds, after=query.after, limit=query.limit)
    items = [OpenRound.of(one) for one in found]
    return RoundPage(items=items, after=query.next_after(found)).model_dump(mode="json")
