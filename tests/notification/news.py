"""Events as the owners tell them, for people that are made up."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from chassis.scope import Scope, entered
from chassis.tenants import Tenants
from contracts.councils import (
    AgendaLine,
    PackageEnded,
    SessionCancelled,
    SessionConvened,
    SessionFacts,
)
from contracts.evaluation import CertificateFacts, CertificateIssued, Origin
from contracts.event import Envelope, Event
from contracts.filing import DossierFacts, DossierReturned, ReturnedItem
from contracts.package import DossierKind
from contracts.person import Contact
from contracts.results import (
    DecidedProduct,
    DecisionAnnulled,
    DecisionFacts,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    MissedGate,
    ResultAnnulled,
    ResultApproved,
    ResultFacts,
)
from contracts.topology import NEWS_TO_MESSAGES
from services.notification.bootstrap import rulebook
from services.notification.entrypoints.worker import on_news

QUEUE = NEWS_TO_MESSAGES.queue
RULES = rulebook()
HOA = Contact(name="Chủ cơ sở mẫu", phone="0900000001", email="hoa@mau.example")
TU = Contact(name="Xã viên mẫu", phone="0900000002")
LAN = Contact(name="Uỷ viên mẫu", email="lan@mau.example")


def an_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def news(event: Event, subject: str = "", version: int = 1, **rest: Any) -> Envelope:
    usual = {"tenant": "huyen-mau", "at": datetime.now(UTC)}
    return Envelope.of(event, subject=subject or str(uuid4()), version=version, **(usual | rest))


def take(envelope: Envelope, tenants: Tenants) -> None:
    """As the worker does."""
    with entered(Scope(envelope.tenant, QUEUE)):
        on_news(envelope, RULES, tenants)


def returned(*contacts: Contact, items: tuple[ReturnedItem, ...] = ()) -> DossierReturned:
    return DossierReturned(
        dossier=DossierFacts(
            round_id=an_id(5), procedure="qd148-2023", edition="2026", kind=DossierKind.FIRST,
            product_id=an_id(2), product="Đường thốt nốt mẫu", producer_id=an_id(1),
            producer="Cơ sở Mẫu",
        ),
        package_id=an_id(7),
        items=items or (ReturnedItem(criterion="1.5", reason="Thiếu hợp đồng liên kết"),),
        until=date(2026, 1, 20),
        contacts=contacts,
    )  # fmt: skip


SESSION = SessionFacts(
    council_id=an_id(9), council="Hội đồng OCOP Huyện Mẫu", level="district",
    place="Phòng họp số 1", starts_at=datetime(2026, 2, 2, 1, 0, tzinfo=UTC),
)  # fmt: skip


def convened(
    *members: Contact, products: int = 1, place: str = "Phòng họp số 1"
) -> SessionConvened:
    agenda = tuple(
        AgendaLine(
            package_id=an_id(100 + n), dossier_id=an_id(200 + n), product_id=an_id(300 + n),
            product=f"Sản phẩm {n}", producer="Cơ sở Mẫu",
        )
        for n in range(1, products + 1)
    )  # fmt: skip
    session = SESSION.model_copy(update={"place": place})
    return SessionConvened(session=session, agenda=agenda, members=members)


def cancelled(*members: Contact) -> SessionCancelled:
    return SessionCancelled(session=SESSION, reason="Trùng lịch", members=members)


RESULT = ResultFacts(
    session_id=an_id(10), package_id=an_id(7), dossier_id=an_id(6), product_id=an_id(2),
    product="Đường thốt nốt mẫu", producer="Cơ sở Mẫu", level="district",
    total=Decimal("72.4"), band=4, star=4, certifies=3, potential=4, escalated_to="province",
)  # fmt: skip


def approved(*contacts: Contact, owner: str | None = None, **facts: Any) -> ResultApproved:
    return ResultApproved(result=RESULT.model_copy(update=facts), contacts=contacts, owner=owner)


def annulled(*contacts: Contact, owner: str | None = None, **facts: Any) -> ResultAnnulled:
    return ResultAnnulled(
        result=RESULT.model_copy(update=facts), reason="Sai thành phần hội đồng",
        contacts=contacts, owner=owner,
    )  # fmt: skip


def ended(*contacts: Contact, owner: str = "huyen-mau") -> PackageEnded:
    example = PackageEnded.model_validate(PackageEnded.example)
    return example.model_copy(update={"contacts": contacts, "owner": owner})


def confirmed(*contacts: Contact, owner: str = "huyen-mau", **facts: Any) -> HigherResultConfirmed:
    """What the centre found, and the province confirmed."""
    example = HigherResultConfirmed.model_validate(HigherResultConfirmed.example)
    higher = example.higher.model_copy(update=facts)
    return HigherResultConfirmed(higher=higher, contacts=contacts, owner=owner)


def unconfirmed(*contacts: Contact, owner: str = "huyen-mau", **facts: Any) -> HigherResultAnnulled:
    """The same, annulled."""
    higher = confirmed(**facts).higher
    return HigherResultAnnulled(
        higher=higher, reason="Nhập nhầm sản phẩm", contacts=contacts, owner=owner
    )


def missed(criterion: str, star: int) -> MissedGate:
    return MissedGate(criterion=criterion, star=star)


def decided(whose: Mapping[str, str] = {}, /, **contacts: tuple[Contact, ...]) -> DecisionMade:
    """A product each, by its name. `whose`: the tenant of those of which it is said."""
    products = tuple(
        DecidedProduct(
            product_id=an_id(n), product=name, producer="Cơ sở Mẫu", star=3,
            certificate_number=f"{n:02}/2026/OCOP-HM", tenant=whose.get(name), contacts=own,
        )
        for n, (name, own) in enumerate(contacts.items(), 1)
    )  # fmt: skip
    facts = DecisionFacts(
        number="12/QĐ-UBND", decided_on=date(2026, 2, 10), agency="UBND Huyện Mẫu"
    )
    return DecisionMade(decision=facts, products=products)


def undecided(
    whose: Mapping[str, str] = {}, /, **contacts: tuple[Contact, ...]
) -> DecisionAnnulled:
    """The same decision, annulled."""
    made = decided(whose, **contacts)
    return DecisionAnnulled(decision=made.decision, reason="Sai thẩm quyền", products=made.products)


def issued(*contacts: Contact) -> CertificateIssued:
    facts = CertificateFacts(
        product_id=an_id(2), star=3, origin=Origin.ISSUED, number="01/2026/OCOP-HM",
        decided_on=date(2026, 2, 10), expires_on=date(2029, 2, 10), level="district",
        agency="UBND Huyện Mẫu", decision="12/QĐ-UBND",
    )  # fmt: skip
    return CertificateIssued(certificate=facts, product="Đường thốt nốt mẫu", contacts=contacts)
