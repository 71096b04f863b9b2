from typing import Any

from pydantic import BaseModel

from chassis.http.access import allowed, public
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.evaluation import CertificateFacts
from services.evaluation.domain.certificates import Certificate

certificates = blueprint("certificates", __name__)


class CertificatePath(TenantPath):
    id: AskedId


class PublicCertificate(BaseModel):
    """Everything in it is public; what is null is not known."""

    id: str
    tenant: str
    annulled: bool
    facts: CertificateFacts

    @classmethod
    def of(cls, one: Certificate) -> "PublicCertificate":
        return cls(id=one.id, tenant=one.tenant, annulled=one.annulled, facts=one.facts)


class CertificatePage(BaseModel):
    items: list[PublicCertificate]
    after: str | None


@certificates.get("/<id>", responses={200: PublicCertificate})
@public(below=True)
def read(path: CertificatePath) -> dict[str, Any]:
    """One certificate's facts."""
    found = run(UnitOfWork.get, Certificate, path.id)
    return PublicCertificate.of(found).model_dump(mode="json")


@certificates.get("", responses={200: CertificatePage})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
    """The tenant's certificates and those of the tenants below it, by id."""
    found = run(UnitOfWork.page, Certificate, after=query.after, limit=query.limit)
    items = [PublicCertificate.of(one) for one in found]
    return CertificatePage(items=items, after=query.next_after(found)).model_dump(mode="json")
