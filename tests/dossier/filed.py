"""What stands in the register before a test begins, and the people who come to the doors."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from flask.testing import FlaskClient

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.dossier import ProducerFacts, ProductFacts, ProductSet, SetBasis
from contracts.package import DossierKind, EvidenceKind, Manifest, SelfScore
from contracts.person import Contact
from services.dossier.domain.dossiers import Dossier, State, Submitted
from services.dossier.domain.evidence import Described, Evidence, EvidenceFile
from services.dossier.domain.packages import Package
from services.dossier.domain.producers import Producer
from services.dossier.domain.standing import Actor, Signature, Standing
from tests.conftest import Issuer

TENANT = "huyen-mau"
PHONE = "0900000001"
CONTACT = Contact(name="Chủ cơ sở mẫu", phone=PHONE)
COMMUNE = "xã Mẫu"
AT = datetime(2026, 1, 5, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A person at the doors of the service."""

    client: FlaskClient
    issuer: Issuer
    roles: tuple[str, ...] = ()
    tenant: str = TENANT
    subject: str = "ai-do"
    phone: str | None = None
    unit: str | None = None

    def call(self, method: str, path: str, tenant: str | None = None, **options: Any) -> Any:
        header = self.issuer.header(
            "dossier", self.tenant, *self.roles,
            subject=self.subject, phone=self.phone, unit=self.unit,
        )  # fmt: skip
        headers = header | options.pop("headers", {})
        address = f"/t/{tenant or self.tenant}/v1{path}"
        return self.client.open(address, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self.call("PATCH", path, **options)


def everybody(client: FlaskClient, issuer: Issuer) -> dict[str, Person]:
    """One of each kind, by what they are to the sample producer."""

    def person(*roles: str, **about: Any) -> Person:
        return Person(client, issuer, roles, subject="-".join(roles) or "ai-do", **about)

    return {
        "contact": person("producer", phone=PHONE),
        "commune": person("commune-officer", unit="Xã  mẫu"),
        "officer": person("officer"),
        "administrator": person("administrator"),
        "help-team": person("help-team"),
        "authority": person("authority"),
        "supervisor": person("supervisor", tenant="tinh-mau"),
        "other-producer": person("producer", phone="0900000099"),
        "other-commune": person("commune-officer", unit="xã Khác"),
        "officer-above": person("officer", tenant="tinh-mau"),
        "nobody": person(),
    }


def keep(*aggregates: Any) -> None:
    """As it would stand there by the acts of others."""

    def stand(work: UnitOfWork) -> None:
        work.save(*aggregates)

    with entered(Scope(TENANT, "earlier")):
        run(stand)


def a_producer(name: str = "Cơ sở Mẫu", **about: Any) -> Producer:
    facts = ProducerFacts(name=name, address="xã Mẫu, huyện Mẫu")
    about = {"contacts": (CONTACT,), "commune": COMMUNE} | about
    return Producer(tenant=TENANT, facts=facts, **about)


def a_dossier(producer: Producer, **about: Any) -> Dossier:
    opened = Signature.of(
        Actor(id="earlier", standings=frozenset({Standing.CONTACT})), AT, Standing.CONTACT
    )
    usual: dict[str, Any] = {
        "tenant": TENANT, "round_id": "00000000-0000-4000-8000-000000000005",
        "round": "Đợt 1 năm 2026", "procedure": "qd148-2023", "edition": "2026",
        "kind": DossierKind.FIRST, "product_id": "00000000-0000-4000-8000-000000000002",
        "product": "Đường thốt nốt mẫu", "producer_id": producer.id,
        "producer": producer.facts.name, "commune": COMMUNE, "contacts": producer.contacts,
        "set": 1, "opened": opened,
    }  # fmt: skip
    return Dossier(**usual | about)


def an_evidence(producer: Producer, **about: Any) -> Evidence:
    said = {"kind": EvidenceKind.BUSINESS_REGISTRATION, "title": "Giấy đăng ký"} | about
    file = EvidenceFile(sha256="0" * 64, size=10, media_type="application/pdf", name="giay.pdf")
    return Evidence(
        tenant=TENANT, producer_id=producer.id, file=file, described=Described(**said),
        by="earlier", at=AT,
    )  # fmt: skip


def a_package(dossier: Dossier, *evidence: Evidence) -> Package:
    """As its last submission froze it; of a dossier that was never submitted, as one would."""
    last = dossier.packages[-1] if dossier.packages else None
    facts = ProductFacts(
        name=dossier.product, producer_id=dossier.producer_id, address="xã Mẫu",
        set=ProductSet(number=dossier.set, basis=SetBasis.CONFIRMED),
    )  # fmt: skip

    def by_criterion(part: str) -> dict[str, Any]:
        found = dossier.draft.items()
        return {path.removeprefix(part): one for path, one in found if path.startswith(part)}

    manifest = Manifest(
        package_id=last.id if last else str(uuid4()), dossier_id=dossier.id,
        number=last.number if last else 1, round_id=dossier.round_id,
        procedure=dossier.procedure, edition=dossier.edition, kind=dossier.kind,
        product_id=dossier.product_id, product=facts, producer_id=dossier.producer_id,
        producer=ProducerFacts(name=dossier.producer, address="xã Mẫu"),
        fields={k: v for k, v in dossier.draft.items() if k.startswith("registration.")},
        self_score=SelfScore(
            set=dossier.set, options=by_criterion("options."), evidence=by_criterion("evidence.")
        ),
        files=tuple(one.packaged() for one in evidence), contacts=dossier.contacts,
        submitted_at=AT, submitted_by="Chủ cơ sở",
    )  # fmt: skip
    return Package(id=manifest.package_id, tenant=TENANT, dossier_id=dossier.id, manifest=manifest)


def a_submitted(
    producer: Producer, *evidence: Evidence, at: datetime = AT, **about: Any
) -> tuple[Dossier, Package]:
    """A dossier whose first package has just come, and the package."""
    dossier = a_dossier(producer, **about)
    id = str(uuid5(UUID(dossier.id), "package"))
    signed = Signature(by="earlier", standing=Standing.CONTACT, at=at)
    dossier.packages = (Submitted(id=id, number=1, signed=signed),)
    dossier.state = State.SUBMITTED
    return dossier, a_package(dossier, *evidence)
