"""A platform of the bench's own on the running engines: its data is nobody else's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts.dossier import (
    ProducerFacts,
    ProducerRegistered,
    ProductFacts,
    ProductRegistered,
    ProductSet,
    SetBasis,
)
from contracts.evaluation import CertificateFacts, CertificateIssued, Origin
from contracts.event import Envelope, Event
from deploy.local.addresses import Addresses
from deploy.local.dropping import drop
from deploy.local.site import Site

DISTRICTS = (
    "tri-ton", "chau-phu", "an-phu", "thoai-son", "cho-moi", "phu-tan", "tan-chau", "tinh-bien",
    "long-xuyen", "chau-doc", "chau-thanh",
)  # fmt: skip
FOODS = (
    "Mật thốt nốt", "Gạo thơm", "Khô cá lóc", "Mắm cá linh", "Trà xoài", "Rượu nếp", "Bánh bò",
    "Tương hột", "Lạp xưởng", "Nấm rơm sấy", "Xoài cát", "Cà na đập",
)  # fmt: skip


def addresses() -> Addresses:
    broker = os.environ["OCOP_TEST_RABBITMQ"]
    return Addresses(
        mongodb=os.environ["OCOP_TEST_MONGODB"],
        rabbitmq=broker,
        management=os.environ["OCOP_TEST_RABBITMQ_MANAGEMENT"],
        elasticsearch=os.environ["OCOP_TEST_ELASTICSEARCH"],
        public=broker,
    )


@contextmanager
def staged(folder: Path) -> Iterator[Site]:
    site = Site(folder, addresses(), name="bench")
    drop(site)  # of a bench that was interrupted
    try:
        site.start(tied=True)
        site.wait_ready()
        yield site
    finally:
        site.stop()
        drop(site)


def generated(count: int, start: int = 0) -> Iterator[tuple[str, Envelope]]:
    """Events, each with the service that tells it: a producer for ten products, a certificate
    each. The same numbers give the same ids."""
    for number in range(start, start + count):
        tenant, producer = DISTRICTS[number % len(DISTRICTS)], _id(f"producer {number // 10}")
        if number % 10 == 0:
            tenant_of_ten = DISTRICTS[(number // 10) % len(DISTRICTS)]
            facts = ProducerFacts(name=f"Cơ sở {number // 10}", address="xã Mẫu")
            registered = ProducerRegistered(producer=facts)
            yield "dossier", _envelope(registered, producer, tenant_of_ten)
        tenant = DISTRICTS[(number // 10) % len(DISTRICTS)]
        product = _id(f"product {number}")
        facts_of_product = ProductFacts(
            name=f"{FOODS[number % len(FOODS)]} {number}", producer_id=producer, address="xã Mẫu",
            set=ProductSet(number=number % 26 + 1, basis=SetBasis.ASSIGNED),
        )  # fmt: skip
        yield "dossier", _envelope(ProductRegistered(product=facts_of_product), product, tenant)
        certificate = CertificateFacts(
            product_id=product, star=3 + number // len(FOODS) % 3, origin=Origin.IMPORTED,
            reported_on=date(2023, 12, 31), source="Số liệu đo",
        )  # fmt: skip
        issued = CertificateIssued(certificate=certificate)
        yield "evaluation", _envelope(issued, _id(f"certificate {number}"), tenant)


def outbox_row(service: str, envelope: Envelope) -> dict[str, Any]:
    """As a unit of work leaves it."""
    return {
        "_id": envelope.id, "exchange": service, "key": envelope.key, "public": False,
        "body": envelope.encoded(), "at": envelope.time, "published_at": None,
    }  # fmt: skip


def _envelope(event: Event, subject: str, tenant: str) -> Envelope:
    return Envelope.of(event, subject=subject, tenant=tenant, version=1, at=datetime.now(UTC))


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))
