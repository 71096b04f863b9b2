"""Searching, and keeping the search index what the records say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from contracts.catalog import Listing
from rules.names import words
from rules.product_sets import PRODUCT_SETS
from rules.regional import formerly, otherwise
from services.catalog.domain.query import Found, Mark, ProductQuery, Reading
from services.catalog.domain.spelling import missing, respelt

BATCH = 500
SAMPLE = 50
SURE = 5  # of so many words none is left out of a close reading
SPELLERS = 10  # of the best hits, whose names tell how a query is written
Listings = Callable[[], Iterable[Listing]]
"""Reads every listing that the records hold now, of all tenants, listed or not."""


class Index(Protocol):
    """The search index; `name`: one that stands aside, instead of the one in use."""

    def find(self, query: ProductQuery, limit: int, mark: Mark) -> Found: ...
    def index(self, listings: Iterable[Listing], name: str | None = None) -> None: ...
    def count(self, name: str | None = None) -> int: ...
    def revisions(self, ids: Sequence[str], name: str | None = None) -> dict[str, int]: ...
    def stored(self, ids: Sequence[str], name: str | None = None) -> list[Listing]: ...
    def prepare(self) -> bool: ...
    def create(self) -> str: ...
    def point(self, name: str) -> None: ...
    def current(self) -> list[str]: ...
    def all(self) -> list[str]: ...
    def drop(self, name: str) -> None: ...


class Answer(NamedTuple):
    """`corrected`: how our own names write what was asked for. `missing`: words of it that none of
    the products on the page has; both of the first page alone."""

    found: Found
    reading: Reading
    corrected: str | None = None
    missing: Sequence[str] = ()


def find_products(index: Index, query: ProductQuery, limit: int, mark: Mark) -> Answer:
    """A page. A text that finds nothing as it stands is read for what it may have meant."""
    found, reading = index.find(query, limit, mark), mark.reading
    if mark.view is not None:
        return Answer(found, reading)
    if query.q and not found.matched:
        reading = Reading.NEAR
        found = index.find(query, limit, Mark(reading))
    if not query.q or not found.listings:
        return Answer(found, reading)
    near = reading is Reading.NEAR
    corrected = respelt(query.q, _names(found.listings[:SPELLERS]), mistyped=near)
    lost = _missing(query.q, found.listings) if near or len(words(query.q)) > SURE else []
    return Answer(found, reading, corrected, lost)


def _names(listings: Iterable[Listing]) -> Iterator[str]:
    for one in listings:
        yield from (one.name, one.producer.name, one.place.unit, one.place.address)
        if today := one.today:
            yield from filter(None, (today.name, today.producer, today.address))


def _missing(q: str, listings: Sequence[Listing]) -> list[str]:
    labels = (label for one in listings if one.set for label in PRODUCT_SETS[one.set.number])
    names = dict.fromkeys((*_names(listings), *labels))
    return missing(q, names, [*otherwise(q), *formerly(q)])


class Drift(NamedTuple):
    """Where the index is not what the records say. `records`: how many they are."""

    records: int
    behind: int
    beyond: int


class RebuildStopped(Exception):
    """The new index is not what the records say, and does not take the place of the old."""


def compare(index: Index, listings: Listings, name: str | None = None) -> Drift:
    """Every record's revision with the index's; changes nothing."""
    return _compare(index, listings, name, lambda _: None)


def catch_up(index: Index, listings: Listings, name: str | None = None) -> Drift:
    """Put into the index what it has not, or has of an older revision; tells what that was."""
    return _compare(index, listings, name, lambda behind: index.index(behind, name))


def prepare(index: Index, listings: Listings) -> None:
    """An index is there, and reads names as this release does."""
    if not index.prepare():
        rebuild(index, listings)


def rebuild(index: Index, listings: Listings) -> str:
    """A new index of all records in the place of the old, while others search and write.

    It is made aside, and catches up with the records until nothing is behind, or only what writers
    add meanwhile. After the change of the alias it catches up once more: until then they wrote to
    the old one. That one stays for going back, older ones go.
    """
    name = index.create()
    try:
        drift, before = catch_up(index, listings, name), None
        while drift.behind and (before is None or drift.behind < before.behind):
            drift, before = catch_up(index, listings, name), drift
        _check(index, listings, drift, name)
    except BaseException:
        index.drop(name)
        raise
    previous = index.current()
    index.point(name)
    catch_up(index, listings)
    for old in index.all():
        if old < name and old not in previous:
            index.drop(old)
    return name


def _compare(
    index: Index,
    listings: Listings,
    name: str | None,
    do: Callable[[list[Listing]], None],
) -> Drift:
    records = behind = 0
    rest = iter(listings())
    while batch := list(islice(rest, BATCH)):
        has = index.revisions([one.id for one in batch], name)
        stale = [one for one in batch if has.get(one.id, 0) < one.revision]
        do(stale)
        records, behind = records + len(batch), behind + len(stale)
    return Drift(records, behind, max(0, index.count(name) - records))


def _check(index: Index, listings: Listings, drift: Drift, name: str) -> None:
    """As many as there are records, and a sample of them word for word."""
    if (count := index.count(name)) < drift.records or drift.beyond:
        raise RebuildStopped(f"{name} has {count} of {drift.records} listings")
    sample = {one.id: one for one in islice(listings(), SAMPLE)}
    for stored in index.stored(list(sample), name):
        one = sample[stored.id]
        if stored.revision == one.revision and stored != one:
            raise RebuildStopped(f"{name} has {one.id} otherwise than the records")
