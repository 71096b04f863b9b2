"""What the catalogue tells the world. Everything in here is public."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.dossier import Facts, Potential, ProductSet, Star
from contracts.evaluation import Origin
from contracts.event import Event
from contracts.tenant import Purpose
from contracts.text import Id, Line, Slug


class Stream(StrEnum):
    """A stream of the broker that partners read. Each numbers its own events, from 1, no gap."""

    PUBLIC = "catalog.public"
    SANDBOX = "catalog.sandbox"  # what demonstration tenants do; the partners' sandbox

    @classmethod
    def of(cls, purpose: Purpose) -> "Stream":
        return cls.PUBLIC if purpose is Purpose.PRODUCTION else cls.SANDBOX


class ListedProducer(Facts):
    id: Id
    name: Line


class ListedPlace(Facts):
    """The address as written, the tenant that it belongs to with its unit's name, and the province
    it lies in: the tenant again where a province lists a product itself."""

    address: Line
    tenant: Slug
    unit: Line
    province: Slug


class ListedCertificate(Facts):
    """None is not known. Without `expires_on` nobody may say that it is valid today."""

    id: Id
    origin: Origin
    number: Line | None = None
    decided_on: date | None = None
    expires_on: date | None = None
    reported_on: date | None = None
    source: Line | None = None


class ListedToday(Facts):
    """What an officer has confirmed to be otherwise since the certificate, and only that: how the
    product is called today, who makes it, where, in which set it is."""

    name: Line | None = None
    producer: Line | None = None
    address: Line | None = None
    set: Annotated[int, Field(ge=1, le=26)] | None = None


class Listing(Facts):
    """A product as the public sees it. The one source of the search index's fields, of the public
    answer and of the stream's event. `listed` False: it is shown no more, and keeps its id.

    The names, `place.address` and `set` are as they were certified, as far as the certificate says
    them; `today` stands beside it, None where nothing is otherwise."""

    id: Id
    revision: Annotated[int, Field(ge=1)]
    listed: bool
    name: Line
    producer: ListedProducer
    place: ListedPlace
    set: ProductSet | None = None
    star: Star
    potential: Potential | None = None
    certificate: ListedCertificate
    today: ListedToday | None = None


class ListingChanged(Event, source="catalog", type="listing.changed.v1"):
    """A product is listed, is listed otherwise, or is listed no more.

    `sequence` counts the events of one stream: an event whose number is not above the last one
    taken is a repetition; one that is above it by more than one tells of a gap.
    """

    sequence: Annotated[int, Field(ge=1)]
    listing: Listing
    example = {
        "sequence": 1,
        "listing": {
            "id": "00000000-0000-4000-8000-000000000002",
            "revision": 3,
            "listed": True,
            "name": "Đường thốt nốt mẫu",
            "producer": {"id": "00000000-0000-4000-8000-000000000001", "name": "Cơ sở Mẫu"},
            "place": {
                "address": "xã Mẫu, huyện Mẫu",
                "tenant": "huyen-mau",
                "unit": "Huyện Mẫu",
                "province": "tinh-mau",
            },
            "set": {"number": 3, "basis": "assigned"},
            "star": 4,
            "potential": 5,
            "certificate": {
                "id": "00000000-0000-4000-8000-000000000004",
                "origin": "imported",
                "reported_on": "2023-12-31",
                "source": "Danh sách mẫu",
            },
        },
    }


class IndexRebuildRequested(Event, source="catalog", type="index-rebuild.requested.v1"):
    """Somebody asks for a new search index, built aside from the records. Internal to catalog."""

    example = {}
