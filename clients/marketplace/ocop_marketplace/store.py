"""One file of SQLite: the products of one tenant, and how far the stream was taken."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from ocop_marketplace.api import Snapshot
from ocop_marketplace.listing import Listing, lies_in, unlisted
from ocop_marketplace.problems import Gap, Refused
from ocop_marketplace.stream import Event

TABLES = """
CREATE TABLE IF NOT EXISTS products
    (id TEXT PRIMARY KEY, listed INTEGER NOT NULL, listing TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS position
    (tenant TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, place INTEGER,
     event TEXT);
"""


class Position(NamedTuple):
    """`sequence`: up to where the table has everything of the tenant. `offset`, `event`: an event
    that was seen, to go on from; None until one came after a snapshot."""

    tenant: str
    stream: str
    sequence: int
    offset: int | None = None
    event: str | None = None


class Change(NamedTuple):
    """`before` is None for a product that this store has not had. `sequence` of a change that a
    snapshot brought is the snapshot's."""

    sequence: int
    listing: Listing
    before: Listing | None

    @property
    def kind(self) -> str:
        if not self.listing["listed"]:
            return "gone"
        return "changed" if self.before and self.before["listed"] else "new"


Told = Callable[[Change, sqlite3.Connection], None]
"""Called inside the transaction: what it writes by the connection is stored with the change, or
not at all. What it does elsewhere may happen again after a crash. If it raises, nothing is stored.
"""


class Store:
    def __init__(self, path: Path | str, tenant: str = "") -> None:
        """Without a tenant: to list what is there, of whichever tenant it is."""
        self._path, self._tenant = path, tenant
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            # without an fsync a commit; a power cut may undo the last ones, whole: they come again
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {TABLES}")
        except sqlite3.Error as error:
            raise Refused(f"không mở được tệp · cannot open the file {path}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @property
    def position(self) -> Position | None:
        """None before its first snapshot. Refused when that was another tenant's."""
        row = self._db.execute("SELECT * FROM position").fetchone()
        position = row and Position(*row)
        if position and position.tenant != self._tenant:
            raise Refused(
                f"tệp {self._path} đã dùng cho · that file is already used for: {position.tenant}"
            )
        return position

    def take(self, event: Event, told: Told) -> bool:
        """Its effect and its place, together. False: it is a repetition, and changes nothing."""
        with self._writing() as position:
            assert position  # a snapshot comes first
            if event.sequence <= position.sequence:
                if event.offset == position.offset and event.id != position.event:
                    raise Gap("luồng không còn là luồng cũ · the stream is not the one we knew")
                if position.offset is None:
                    self._move(position._replace(offset=event.offset, event=event.id))
                return False
            if event.sequence > position.sequence + 1:
                raise Gap(f"thiếu sự kiện · events missing: {position.sequence} → {event.sequence}")
            self._move(
                position._replace(sequence=event.sequence, offset=event.offset, event=event.id)
            )
            if event.listing:
                self._follow(event.sequence, event.listing, told)
        return True

    def replace(self, snapshot: Snapshot, told: Told) -> None:
        """All products as the snapshot has them; only what differs is told."""
        present = {listing["id"] for listing in snapshot.listings}
        with self._writing():
            absent = [old for old in self.listings() if old["id"] not in present]
            for listing in (*snapshot.listings, *map(unlisted, absent)):
                self._put(snapshot.sequence, listing, told)
            self._move(Position(self._tenant, snapshot.stream, snapshot.sequence))

    def listings(self) -> list[Listing]:
        """Those that are listed now."""
        rows = self._db.execute("SELECT listing FROM products WHERE listed ORDER BY id")
        return [json.loads(text) for (text,) in rows]

    def _follow(self, sequence: int, listing: Listing, told: Told) -> None:
        if lies_in(listing, self._tenant):
            self._put(sequence, listing, told)
        elif self._known(listing["id"]):  # it went to another tenant
            self._put(sequence, unlisted(listing), told)

    def _put(self, sequence: int, listing: Listing, told: Told) -> None:
        before = self._known(listing["id"])
        if listing == before or not (before or listing["listed"]):
            return
        self._db.execute(
            "INSERT OR REPLACE INTO products VALUES (?, ?, ?)",
            [listing["id"], listing["listed"], json.dumps(listing, ensure_ascii=False)],
        )
        told(Change(sequence, listing, before), self._db)

    def _known(self, product: str) -> Listing | None:
        row = self._db.execute("SELECT listing FROM products WHERE id = ?", [product]).fetchone()
        return dict(json.loads(row[0])) if row else None

    def _move(self, position: Position) -> None:
        self._db.execute("DELETE FROM position")
        self._db.execute("INSERT INTO position VALUES (?, ?, ?, ?, ?)", position)

    @contextmanager
    def _writing(self) -> Iterator[Position | None]:
        with self._db:  # commits, or rolls back what raised
            self._db.execute("BEGIN IMMEDIATE")
            yield self.position
