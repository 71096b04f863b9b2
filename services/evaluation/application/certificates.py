from chassis.store.unit_of_work import UnitOfWork
from contracts.dossier import AwardFacts
from contracts.evaluation import CertificateAnnulled, CertificateIssued
from services.evaluation.domain.certificates import Certificate


def follow_award(
    work: UnitOfWork, award_id: str, version: int, award: AwardFacts, withdrawn: bool
) -> None:
    """Register the certificate of an earlier award, or annul it with the award.

    The two may arrive in either order: the award's higher version has the last word.
    """
    known = work.first(Certificate, award=award_id)
    if known and known.award_version >= version:
        return
    certificate = known or Certificate.imported(work.scope.tenant, award_id, award)
    certificate.award_version, certificate.annulled = version, withdrawn
    told = CertificateAnnulled if withdrawn else CertificateIssued
    work.save(certificate)
    work.tell(told(certificate=certificate.facts), about=certificate)
