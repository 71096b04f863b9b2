"""What evaluation tells of its rounds, and which of them take dossiers."""

from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import RoundFacts
from services.dossier.domain.rounds import Round


def follow_round(work: UnitOfWork, id: str, version: int, facts: RoundFacts, *, open: bool) -> None:
    """Opened and closed may arrive in either order: the higher version has the last word."""
    known = work.first(Round, id=id)
    if known is None:
        known = Round(
            id=id, tenant=work.scope.tenant, facts=facts, open=open, source_version=version
        )
    elif not known.follow(facts, version, open=open):
        return
    work.save(known)


def list_open_rounds(work: UnitOfWork, *, after: str | None, limit: int) -> list[Round]:
    return work.page(Round, after=after, limit=limit, open=True, tenant=work.scope.tenant)
