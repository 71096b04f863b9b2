from chassis.store.unit_of_work import UnitOfWork
from services.dossier.domain.awards import EarlierAward


def mark_certified(work: UnitOfWork, award_id: str, certificate_id: str) -> None:
    """Its certificate is registered: only now is the row that reported it done."""
    award = work.get(EarlierAward, award_id)
    if award.certificate == certificate_id:
        return
    award.certificate = certificate_id
    work.save(award)
