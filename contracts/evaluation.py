"""What the evaluation service tells."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from contracts.dossier import CertifiedFacts, Facts, Potential, Star
from contracts.event import Event
from contracts.person import Contact
from contracts.text import Id, Line, Slug


class Origin(StrEnum):
    IMPORTED = "imported"  # reported by a list; who issued it is unknown
    ISSUED = "issued"  # decided on this platform


class CertificateFacts(Facts):
    """A certified rank (giấy chứng nhận). What is None is not known, and is shown as not known.

    An imported one is valid "as reported on" its day, and never said to be valid today. `agency`:
    who decided it, at which `level`, by the `decision` of which number. `replaced_by`: the later
    certificate of the same product that stands in its place. `certified`: what it says of the
    product, which its seal covers where it has one.
    """

    product_id: Id
    star: Star
    potential: Potential | None = None
    origin: Origin
    award_id: Id | None = None
    number: Line | None = None
    decided_on: date | None = None
    expires_on: date | None = None
    reported_on: date | None = None
    source: Line | None = None
    level: Slug | None = None
    agency: Line | None = None
    decision: Line | None = None
    replaced_by: Id | None = None
    certified: CertifiedFacts | None = None

    @property
    def since(self) -> date | None:
        """The day from which it is known to be held."""
        return self.decided_on or self.reported_on


def newest(certificates: Mapping[Id, CertificateFacts]) -> Id:
    """Of a product's certificates the one that counts: decided or reported last; of the same day
    the one that was issued here, and the one that stands in the other's place."""

    def order(id: Id) -> tuple[date, bool, bool, Id]:
        one = certificates[id]
        issued = one.origin is Origin.ISSUED
        return one.since or date.min, issued, one.replaced_by is None, id

    return max(certificates, key=order)


_CERTIFICATE = {
    "product_id": "00000000-0000-4000-8000-000000000002",
    "star": 4,
    "potential": 5,
    "origin": "imported",
    "award_id": "00000000-0000-4000-8000-000000000003",
    "reported_on": "2023-12-31",
    "source": "Danh sách mẫu",
}


class CertificateIssued(Event, source="evaluation", type="certificate.issued.v1"):
    """A product has a certificate, issued or registered from a list. `product` and `contacts`: for
    whoever tells its producer; none are known of an imported one."""

    certificate: CertificateFacts
    product: Line | None = None
    contacts: tuple[Contact, ...] = ()
    example = {"certificate": _CERTIFICATE}


class CertificateChanged(Event, source="evaluation", type="certificate.changed.v1"):
    """The same certificate, of which something is otherwise now: replaced by a later one, standing
    again, its potential decided."""

    certificate: CertificateFacts
    example = {"certificate": _CERTIFICATE}


class CertificateAnnulled(Event, source="evaluation", type="certificate.annulled.v1"):
    """The certificate ought never to have been registered, and counts no more."""

    certificate: CertificateFacts
    example = {"certificate": _CERTIFICATE}


class PaperRequested(Event, source="evaluation", type="paper.requested.v1"):
    """An act asks for a paper (the event's subject) to be made as DOCX and PDF. Internal."""

    example = {}
