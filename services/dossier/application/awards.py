from chassis.store.unit_of_work import UnitOfWork
from services.dossier.domain.awards import EarlierAward, Registration


def mark_certified(work: UnitOfWork, award_id: str, certificate_id: str) -> None:
    """Its certificate is registered: only now is the row that reported it done."""
    award = work.get(EarlierAward, award_id)
    if work.first(Registration, id=certificate_id) is None:
        work.save(Registration(id=certificate_id, tenant=award.tenant, award_id=award.id))
