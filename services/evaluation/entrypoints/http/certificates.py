from datetime import date
from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, BeforeValidator, StringConstraints

from chassis.http.access import allowed, public
from chassis.http.app import AskedId, Page, Query, TenantPath, blueprint
from chassis.problems import FieldProblem, Unprocessable
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.evaluation import CertificateFacts
from rules.numbers import CERTIFICATE, certificate_number
from services.evaluation.application.certificates import Checked, check_certificate
from services.evaluation.bootstrap import Seal
from services.evaluation.domain.certificates import Certificate, Validity

certificates = blueprint("certificates", __name__)


AskedNumber = Annotated[
    str,
    StringConstraints(max_length=100, pattern=CERTIFICATE),
    BeforeValidator(lambda typed: (isinstance(typed, str) and certificate_number(typed)) or typed),
]
"""As somebody types it from a paper."""


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


class Asked(Query):
    """One of the two."""

    number: AskedNumber | None = None
    id: AskedId | None = None


class CheckedCertificate(BaseModel):
    """`genuine`: whether its signature is ours, over these facts; null for an imported one, which
    has none. `validity`: `on` this day. `signature`: a JWS, for whoever would rather see it for
    themselves with the keys of /certificate-keys."""

    certificate: PublicCertificate
    product: str | None
    producer: str | None
    genuine: bool | None
    validity: Validity
    on: date
    signature: str | None

    @classmethod
    def of(cls, checked: Checked) -> "CheckedCertificate":
        one = checked.certificate
        return cls(
            certificate=PublicCertificate.of(one),
            product=one.certified and one.certified.product,
            producer=one.certified and one.certified.producer,
            genuine=checked.genuine, validity=checked.validity, on=checked.on,
            signature=one.signature,
        )  # fmt: skip


class Keys(BaseModel):
    """A JWK Set (RFC 7517)."""

    keys: list[dict[str, Any]]


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


def checks(seal: Seal) -> APIBlueprint:
    """By whom anybody sees whether a certificate is genuine and what it is worth today."""
    routes = blueprint("certificate-checks", __name__)

    @routes.get("", responses={200: CheckedCertificate})
    @public(below=True)
    def check(path: TenantPath, query: Asked) -> dict[str, Any]:
        """Of the tenant or of one below it, by its number or its id."""
        if (query.number is None) == (query.id is None):
            raise _not_one()
        found = run(check_certificate, seal.genuine, number=query.number, id=query.id)
        return CheckedCertificate.of(found).model_dump(mode="json")

    return routes


def _not_one() -> Unprocessable:
    return Unprocessable(
        "Cần số hoặc mã của giấy chứng nhận.", "The certificate's number or its id is needed.",
        [FieldProblem("number", "cho số hoặc id, một trong hai", "either the number or the id")],
    )  # fmt: skip


def keys(seal: Seal) -> APIBlueprint:
    routes = blueprint("certificate-keys", __name__)

    @routes.get("", responses={200: Keys})
    @public()
    def read(path: TenantPath) -> dict[str, Any]:
        """What certificates are signed with, the public half."""
        return seal.public

    return routes
