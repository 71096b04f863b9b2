from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id
from rules.days import day_of
from services.dossier.application.dossiers import see_dossier
from services.dossier.domain.certificates import HeldCertificate
from services.dossier.domain.completeness import Finding, completeness
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.evidence import Evidence
from services.dossier.domain.forms import evidence_of


def see_completeness(work: UnitOfWork, dossier_id: Id) -> list[Finding]:
    return findings_of(work, see_dossier(work, dossier_id).dossier)


def findings_of(work: UnitOfWork, dossier: Dossier) -> list[Finding]:
    """Of the draft as it is, today."""
    evidence = work.all(Evidence, id__in=evidence_of(dossier.draft))
    return completeness(dossier, evidence, day_of(work.at), certificates_of(work, dossier))


def certificates_of(work: UnitOfWork, dossier: Dossier) -> list[HeldCertificate]:
    """All that are known of its product, issued here or reported by a list."""
    return work.all(HeldCertificate, facts__product_id=dossier.product_id)
