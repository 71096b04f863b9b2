"""What evaluation hears of dossiers and results, as its worker does, and what it tells then."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from contracts.event import Envelope, Event
from contracts.package import Manifest
from contracts.results import ResultEscalated, ResultFacts
from services.evaluation.domain.packages import Package, own_id
from services.evaluation.entrypoints.worker import packages
from tests.evaluation.people import AT

LOWER, UPPER = "huyen-mau", "tinh-mau"


def envelope(
    event: Event, subject: str, version: int, tenant: str = LOWER, at: datetime = AT
) -> Envelope:
    return Envelope.of(event, subject=subject, tenant=tenant, version=version, at=at)


def taking(tenants: Tenants) -> Callable[[Envelope], None]:
    """As the worker does: in the scope of the event's tenant."""
    handler = packages(tenants, "evaluation")

    def took(one: Envelope) -> None:
        with entered(Scope(one.tenant, "evaluation.dossiers")):
            handler(one)

    return took


def stored(tenant: str, *of: Manifest) -> list[Package | None]:
    with entered(Scope(tenant, "test")):
        return [run(UnitOfWork.first, Package, id=own_id(tenant, one.package_id)) for one in of]


def told(database: Any) -> list[tuple[str, Event]]:
    rows = [Envelope.decoded(row["body"]) for row in database.outbox.find()]
    return [(one.subject, one.data) for one in rows]


def result(of: Manifest, **other: Any) -> ResultFacts:
    ids = {"package_id": of.package_id, "dossier_id": of.dossier_id, "product_id": of.product_id}
    return ResultFacts.model_validate(ResultEscalated.example["result"] | ids | other)


def escalated(of: Manifest, id: str, at: datetime = AT, **other: Any) -> Envelope:
    said = {"result": result(of), "manifest": of, "owner": LOWER, "to": UPPER}
    event = ResultEscalated.model_validate(said | {k: v for k, v in other.items() if k != "tenant"})
    return envelope(event, id, 4, other.get("tenant", LOWER), at)
