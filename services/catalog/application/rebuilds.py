"""Rebuilding the index is ordered here and done by the job; it goes on without the asker."""

from chassis.scope import SERVICE
from chassis.store.unit_of_work import UnitOfWork
from contracts.catalog import IndexRebuildRequested
from services.catalog.domain.rebuilds import Rebuild


def order_rebuild(work: UnitOfWork) -> Rebuild:
    order = Rebuild(tenant=SERVICE, ordered_at=work.at)
    work.save(order)
    work.tell(IndexRebuildRequested(), about=order)
    return order


def end_rebuild(
    work: UnitOfWork, id: str, *, index: str | None = None, failure: str | None = None
) -> None:
    order = work.get(Rebuild, id)
    order.end(work.at, index=index, failure=failure)
    work.save(order)
