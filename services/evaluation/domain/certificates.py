"""Certificates (giấy chứng nhận): that a product has a star, since when and until when.

One that was issued here is signed over what it says, so that anybody can tell a genuine one. What
it says is never changed; what comes later stands beside it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.aggregate import Aggregate
from contracts.dossier import AwardFacts, CertifiedFacts, Potential, Star
from contracts.evaluation import CertificateFacts, Origin
from contracts.package import Manifest
from contracts.person import Contact
from contracts.text import Id, Line, Slug

Sign = Callable[[str], str]
"""Makes a JWS over a text."""


class Validity(StrEnum):
    """What may be said of a certificate today."""

    VALID = "valid"  # còn hiệu lực
    EXPIRED = "expired"  # đã hết hạn
    REPLACED = "replaced"  # đã được thay bằng giấy khác
    ANNULLED = "annulled"  # đã bị huỷ
    AS_REPORTED = "as-reported"  # theo danh sách báo cáo; không rõ hạn


@dataclass(frozen=True)
class Grant:
    """What a certificate is issued on. `tenant`: the product's own. `result_id`: of the result that
    it certifies. `dossier_id`: two levels may certify on one, and the higher star stands; None: it
    stands, whatever was before. `package_id`: what was judged, evaluation's own id."""

    tenant: Slug
    product_id: Id
    certified: CertifiedFacts
    contacts: tuple[Contact, ...]
    star: Star
    potential: Potential | None
    level: Slug
    agency: Line
    decision: Line
    decision_id: Id
    decided_on: date
    expires_on: date
    dossier_id: Id | None
    package_id: Id
    result_id: Id | None = None


def certified_by(manifest: Manifest) -> CertifiedFacts:
    """What a certificate on this package says: the words that the council judged by, whatever the
    register says by then."""
    product, producer = manifest.product, manifest.producer
    return CertifiedFacts(
        product=product.name, producer=producer.name, producer_address=producer.address,
        address=product.address, set=manifest.self_score.set,
    )  # fmt: skip


class Sealed(BaseModel):
    """`issuer`: the platform's address then."""

    model_config = ConfigDict(frozen=True)

    issuer: Line
    at: AwareDatetime


class Certificate(Aggregate):
    """`award_version`: which version of the earlier award it follows, if it was imported.
    `signature`: a JWS over `content`; `sealed`: by whom and when, None of one whose content does
    not say it. `product`, `producer`: of one that was sealed when its facts
    did not say them yet."""

    facts: CertificateFacts
    award: str | None = None
    award_version: int = 0
    annulled: bool = False
    product: Line | None = None
    producer: Line | None = None
    contacts: tuple[Contact, ...] = ()
    decision_id: Id | None = None
    dossier_id: Id | None = None
    result_id: Id | None = None
    signature: str | None = None
    sealed: Sealed | None = None

    @property
    def number(self) -> Line:
        """Of one that was issued here."""
        if self.facts.number is None:
            raise LookupError("an imported certificate has no number")
        return self.facts.number

    @property
    def certified(self) -> CertifiedFacts | None:
        """What it says of the product; None: of one from a list of which that was not kept."""
        if self.facts.certified or self.product is None or self.producer is None:
            return self.facts.certified
        return CertifiedFacts(product=self.product, producer=self.producer)

    @property
    def standing(self) -> bool:
        """Neither annulled nor replaced."""
        return not self.annulled and self.facts.replaced_by is None

    @classmethod
    def imported(cls, tenant: str, award_id: str, award: AwardFacts) -> "Certificate":
        """What a list reports is all that is known: number, dates and set stay unknown."""
        facts = CertificateFacts(
            product_id=award.product_id,
            star=award.star,
            potential=award.potential,
            origin=Origin.IMPORTED,
            award_id=award_id,
            reported_on=award.reported_on,
            source=award.source,
            certified=award.certified,
        )
        return cls(tenant=tenant, facts=facts, award=award_id)

    @classmethod
    def issued(cls, grant: Grant, number: Line) -> "Certificate":
        facts = CertificateFacts(
            product_id=grant.product_id, star=grant.star, potential=grant.potential,
            origin=Origin.ISSUED, number=number, decided_on=grant.decided_on,
            expires_on=grant.expires_on, level=grant.level, agency=grant.agency,
            decision=grant.decision, certified=grant.certified,
        )  # fmt: skip
        return cls(
            tenant=grant.tenant, facts=facts, contacts=grant.contacts,
            decision_id=grant.decision_id, dossier_id=grant.dossier_id, result_id=grant.result_id,
        )  # fmt: skip

    @property
    def content(self) -> str:
        """What is signed: what stands on it for good, and nothing that is not known. The same text
        for the same certificate. Who sealed it, when, and which it is are claims of JWT (RFC 7519).
        """
        said: dict[str, Any] = self.facts.model_dump(
            mode="json",
            include={
                "number", "star", "decided_on", "expires_on", "agency", "decision", "level",
                "product_id",
            },
        )  # fmt: skip
        if self.certified:
            said |= self.certified.model_dump(exclude_none=True)
        if self.sealed:
            at = int(self.sealed.at.timestamp())
            said |= {"iss": self.sealed.issuer, "iat": at, "jti": self.id, "tenant": self.tenant}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def seal(self, issuer: Line, at: datetime, sign: Sign) -> None:
        self.sealed = Sealed(issuer=issuer, at=at)
        self.signature = sign(self.content)

    def validity(self, day: date) -> Validity:
        if self.annulled:
            return Validity.ANNULLED
        if self.facts.replaced_by:
            return Validity.REPLACED
        if self.facts.expires_on is None:
            return Validity.AS_REPORTED
        return Validity.VALID if day <= self.facts.expires_on else Validity.EXPIRED

    def outranks(self, other: "Certificate") -> bool:
        """On the same dossier with a higher star: a level above was first."""
        same = self.dossier_id is not None and self.dossier_id == other.dossier_id
        return same and self.facts.star > other.facts.star

    def be_replaced(self, by: Id | None) -> None:
        """None: it stands again."""
        self.facts = self.facts.model_copy(update={"replaced_by": by})

    def settle(self, potential: Potential | None) -> None:
        """The level above has decided, or takes its decision back."""
        self.facts = self.facts.model_copy(update={"potential": potential})

    def annul(self) -> None:
        self.annulled = True


class Succession(Aggregate):
    """Which certificates a product has had. Every issuing saves it, so that of two at once the
    second sees the first's."""

    audited: ClassVar[bool] = False

    product_id: Id

    @classmethod
    def of(cls, tenant: str, product_id: Id) -> "Succession":
        id = str(uuid5(NAMESPACE_URL, f"ocop:succession:{tenant}/{product_id}"))
        return cls(id=id, tenant=tenant, product_id=product_id)


class Serial(Aggregate):
    """The number of the last certificate that an agency has issued in a year."""

    audited: ClassVar[bool] = False

    year: int
    last: int = 0

    @classmethod
    def of(cls, tenant: str, year: int) -> "Serial":
        id = str(uuid5(NAMESPACE_URL, f"ocop:serial:{tenant}/{year}"))
        return cls(id=id, tenant=tenant, year=year)

    def next(self) -> str:
        """As rules.numbers.CERTIFICATE says."""
        self.last += 1
        return f"{self.last:02}/{self.year}/OCOP-{self.tenant.upper()}"
