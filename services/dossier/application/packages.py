"""A submission freezes a package; its manifest and files are read."""

from uuid import uuid4

from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.filing import DossierSubmitted
from contracts.package import PackageFile
from contracts.text import Id
from rules.days import day_of
from services.dossier.application.completeness import certificates_of
from services.dossier.application.dossiers import SeenDossier, acting, said_of
from services.dossier.application.standing import actor, no_such
from services.dossier.domain.completeness import completeness, refuse_blocked
from services.dossier.domain.dossiers import Act
from services.dossier.domain.evidence import Evidence
from services.dossier.domain.forms import evidence_of
from services.dossier.domain.packages import Package
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product
from services.dossier.domain.standing import Standing

READERS = (
    Standing.CONTACT,
    Standing.OFFICER,
    Standing.HELP_TEAM,
    Standing.AUTHORITY,
    Standing.SUPERVISOR,
)


def submit_dossier(work: UnitOfWork, id: Id, seen: int | None) -> SeenDossier:
    """Freeze what stands in the draft as its next package. Unprocessable while anything blocks."""
    dossier, by = acting(work, id, seen)
    dossier.check(Act.SUBMIT, by)
    product = work.get(Product, dossier.product_id)
    producer = work.get(Producer, dossier.producer_id)
    ids = evidence_of(dossier.draft)
    evidence = work.all(Evidence, id__in=ids, producer_id=producer.id)
    certificates = certificates_of(work, dossier)
    refuse_blocked(completeness(dossier, evidence, day_of(work.at), certificates))
    dossier.read_register(product, producer)
    dossier.submit(str(uuid4()), by, work.at)
    package = Package.frozen(dossier, product.facts, producer.facts, evidence)
    number = package.manifest.number
    work.save(dossier, detail=said_of(by) | {"package_id": package.id, "number": number})
    work.save(package)
    work.tell(DossierSubmitted(manifest=package.manifest), about=dossier)
    return SeenDossier(dossier, by)


def see_package(work: UnitOfWork, id: Id) -> Package:
    """For the services that read packages, for the tenant's people who work with what was
    submitted, and for the producer's contacts. A commune officer is none of them. Its manifest as
    the caller may read it."""
    package = work.get(Package, id)
    if Role.PACKAGE_READER in work.scope.person.roles:
        return package
    producer = work.get(Producer, package.manifest.producer_id)
    by = actor(work, producer, unit=None)
    if not by.is_one_of(*READERS):
        raise no_such("package")
    if by.above:
        return package.model_copy(update={"manifest": package.manifest.from_above()})
    return package


def file_of(work: UnitOfWork, id: Id, sha256: str) -> PackageFile:
    found = see_package(work, id).file(sha256)
    if found is None:
        raise no_such("file")
    return found
