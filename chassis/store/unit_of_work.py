"""What a use case reads and writes: nothing before its end, and then all of it or nothing.

Reading takes no lock. A use case that decides by what it read saves that too, changed or not: every
save moves the version, so of two that decided by the same state one comes too late and runs again.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from mongoengine import QuerySet
from mongoengine.connection import get_db
from pydantic import JsonValue
from pymongo import ASCENDING, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from chassis import scope
from chassis.aggregate import Aggregate
from chassis.problems import AlreadyDone, NotFound, Outdated, Stale, Unavailable
from chassis.store import once, tellers
from chassis.store.documents import documents, versions_name
from chassis.store.tellers import Foreign
from chassis.trace import traceparent
from contracts.event import Envelope, Event

A = TypeVar("A", bound=Aggregate)
P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS, PATIENCE_S = 30, 20
"""How often a use case is begun, and for how long again: whoever asked is told in time."""
DUPLICATE_KEY, WRITE_CONFLICT, TOO_LARGE = 11000, 112, 388


class AlreadyHandled(Exception):
    """This consumer has had the event: nothing is left to do."""


class Told(NamedTuple):
    """`stream`: where the world reads it, instead of the other services."""

    event: Event
    about: Aggregate
    stream: str | None


@dataclass(frozen=True)
class Act:
    """What somebody did to an aggregate. `version`: what it became by it; `detail`: as saved."""

    act: str
    actor: str
    acting_for: str
    at: datetime
    version: int
    detail: JsonValue = None


class UnitOfWork:
    """One use case's: `scope`, the one instant `at` that it happens, what it read and will keep."""

    def __init__(
        self, act: str, heard: Sequence[Envelope] = (), consumer: str | None = None
    ) -> None:
        """`act`: the use case, for the audit trail. `heard`: the events that it acts upon;
        `consumer`: who has handled them by it. Foreign where one of them speaks of another's."""
        self.scope, self.at = scope.current(), datetime.now(UTC)
        self._act, self._heard = act, heard
        self._handled = [_inbox_row(consumer, one) for one in heard] if consumer else []
        self._tellers = tellers.new(heard)
        self._once = once.current()
        self._read: dict[str, Aggregate] = {}
        self._saved: dict[str, Aggregate] = {}
        self._details: dict[str, JsonValue] = {}
        self._told: list[Told] = []

    def get(self, kind: type[A], id: str) -> A:
        """One within reach; NotFound also for another's, of which nobody is told that it exists."""
        if found := self.first(kind, id=id):
            return found
        raise _no_such(kind)

    def first(self, kind: type[A], **wanted: Any) -> A | None:
        found = self._load(kind, documents[kind].objects(**wanted).limit(1))
        self._need_own(kind, [wanted["id"]] if "id" in wanted else [], found)
        return next(iter(found), None)

    def all(self, kind: type[A], **wanted: Any) -> list[A]:
        found = self._load(kind, documents[kind].objects(**wanted))
        self._need_own(kind, wanted.get("id__in", []), found)
        return found

    def page(
        self,
        kind: type[A],
        *,
        after: str | None,
        limit: int,
        last: bool = False,
        by: str = "id",
        **wanted: Any,
    ) -> list[A]:
        """By id, beginning behind `after`; `last`: from the last down. `by`: another field by which
        no two are equal."""
        if after is not None:
            wanted[f"{by}__lt" if last else f"{by}__gt"] = after
        order = f"-{by}" if last else by
        return self._load(kind, documents[kind].objects(**wanted).order_by(order).limit(limit))

    def count(self, kind: type[A], **wanted: Any) -> int:
        return int(documents[kind].objects(**wanted).count())

    def acts(self, aggregate: Aggregate, *, after: int = 0, limit: int = 0) -> list[Act]:
        """What was done to it and is kept, the oldest first, behind the version `after`; of a limit
        of 0 all."""
        wanted = {
            "subject": aggregate.id, "tenant": self._within_reach(), "version": {"$gt": after},
        }  # fmt: skip
        told = {"_id": False} | {field.name: True for field in fields(Act)}
        rows = get_db().acts.find(wanted, told).sort("version", ASCENDING).limit(limit)
        return [Act(**row) for row in rows]

    def version_of(self, kind: type[A], id: str, version: int) -> A:
        """A kept kind's aggregate as it was in that version: to be looked at, not to be saved."""
        versions = get_db()[versions_name(documents[kind])]
        found = versions.find_one({"_id": f"{id}/{version}", "tenant": self._within_reach()})
        if found is None:
            raise _no_such(kind)
        return _aggregate(kind, found["body"])

    def expect(self, aggregate: Aggregate, version: int | None) -> None:
        """Stale when who asks has seen another version; None: what was seen does not matter."""
        if version is not None and version != aggregate.version:
            raise Stale(version, aggregate.version)

    def save(self, *aggregates: Aggregate, detail: JsonValue = None) -> None:
        """Keep them at the end. `detail`: what their acts' rows say besides: what changed, why."""
        if beyond := {aggregate.tenant for aggregate in aggregates} - self.scope.reach:
            raise LookupError(f"{self._act} would write for {sorted(beyond)}")
        self._saved |= {aggregate.id: aggregate for aggregate in aggregates}
        if detail is not None:
            self._details |= {aggregate.id: detail for aggregate in aggregates}

    def tell(self, event: Event, about: Aggregate, stream: str | None = None) -> None:
        """Announce it with the commit. `about` is saved in the same use case."""
        self._told.append(Told(event, about, stream))

    def commit(self) -> None:
        if not (self._saved or self._told or self._handled or self._tellers):
            return
        if unsaved := {told.about.id for told in self._told} - self._saved.keys():
            raise LookupError(f"{self._act} tells of {sorted(unsaved)} without saving it")
        effect = self._effect()  # a transaction is short: what is written is ready before it
        try:
            with get_db().client.start_session() as session:
                session.with_transaction(
                    effect.write, ReadConcern("snapshot"), WriteConcern("majority")
                )
        except (OperationFailure, BulkWriteError) as error:
            if TOO_LARGE in _codes(error):
                raise _too_much() from error
            raise
        for aggregate in self._saved.values():
            aggregate.version += 1
        if self._once:
            self._once.done = True

    def _load(self, kind: type[A], query: QuerySet) -> list[A]:
        loaded: list[A] = []
        for found in query.as_pymongo():
            aggregate = self._read.get(found["_id"])
            if aggregate is None:
                aggregate = self._read[found["_id"]] = _aggregate(kind, found)
            loaded.append(aggregate)  # type: ignore[arg-type]  # an id is one aggregate's
        return loaded

    def _need_own(self, kind: type[A], ids: Sequence[str], found: Sequence[A]) -> None:
        """What an event names by its id and is not found within its teller's reach is not there at
        all, or is another tenant's."""
        if not self._heard or not (missing := {*ids} - {one.id for one in found}):
            return
        beyond = {"_id": {"$in": [*missing]}, "tenant": {"$nin": sorted(self.scope.reach)}}
        if other := documents[kind]._get_collection().find_one(beyond, {"tenant": True}):
            names = ", ".join(sorted({one.tenant for one in self._heard}))
            types = ", ".join(sorted({one.type for one in self._heard}))
            raise Foreign(
                f"{names} tells {types} of {kind.__name__} {other['_id']}, {other['tenant']}'s"
            )

    def _effect(self) -> "Effect":
        by_kind = sorted(self._saved.values(), key=lambda one: type(one).__qualname__)
        return Effect(
            act=self._act,
            inbox=[{"_id": one, "at": self.at} for one in self._inbox_rows()],
            tellers=self._tellers,
            bodies={kind: [_body(one) for one in group] for kind, group in groupby(by_kind, type)},
            versions={
                versions_name(documents[kind]): [self._version(one) for one in group]
                for kind, group in groupby(by_kind, type)
                if kind.kept
            },
            acts=[self._record(one) for one in self._saved.values() if one.audited],
            outbox=[self._row(one) for one in self._told],
        )

    def _inbox_rows(self) -> list[str]:
        if self._once is None or self._once.done:
            return self._handled
        return [*self._handled, self._once.row]

    def _record(self, aggregate: Aggregate) -> dict[str, Any]:
        return {
            "act": self._act,
            "actor": self.scope.actor,
            "acting_for": self.scope.tenant,
            "tenant": aggregate.tenant,
            "kind": type(aggregate).__name__,
            "subject": aggregate.id,
            "version": aggregate.version + 1,
            "at": self.at,
            "detail": self._details.get(aggregate.id),
        }

    def _version(self, aggregate: Aggregate) -> dict[str, Any]:
        body = _body(aggregate)
        return {
            "_id": f"{aggregate.id}/{body['version']}",
            "tenant": aggregate.tenant,
            "at": self.at,
            "actor": self.scope.actor,
            "body": body,
        }

    def _within_reach(self) -> dict[str, list[str]]:
        return {"$in": sorted(self.scope.reach)}

    def _row(self, told: Told) -> dict[str, Any]:
        about = told.about
        envelope = Envelope.of(
            told.event, subject=about.id, tenant=about.tenant, version=about.version + 1,
            at=self.at, traceparent=traceparent(),
        )  # fmt: skip
        return {
            "_id": envelope.id,
            "exchange": told.event.source if told.stream is None else "",
            "key": envelope.key if told.stream is None else told.stream,
            "public": told.stream is not None,
            "body": envelope.encoded(),
            "at": self.at,
            "published_at": None,
        }


@dataclass(frozen=True)
class Effect:
    """What one use case writes, in one transaction."""

    act: str
    inbox: list[dict[str, Any]]
    tellers: list[dict[str, Any]]
    bodies: dict[type[Aggregate], list[dict[str, Any]]]
    versions: dict[str, list[dict[str, Any]]]
    acts: list[dict[str, Any]]
    outbox: list[dict[str, Any]]

    def write(self, session: ClientSession) -> None:
        """The outbox last: what an aggregate's lock has put in order stays so in its rows."""
        database = get_db()
        try:
            if self.inbox:
                database.inbox.insert_many(self.inbox, session=session)
            if self.tellers:
                database.tellers.insert_many(self.tellers, session=session)
            for kind, bodies in self.bodies.items():
                _keep(kind, bodies, session)
        except (OperationFailure, BulkWriteError) as error:
            if _lost_a_race(error):
                raise Outdated(self.act) from error
            raise
        for name, versions in self.versions.items():
            database[name].insert_many(versions, session=session)
        if self.acts:
            database.acts.insert_many(self.acts, session=session)
        if self.outbox:
            database.outbox.insert_many(self.outbox, session=session)


def _keep(kind: type[Aggregate], bodies: Sequence[dict[str, Any]], session: ClientSession) -> None:
    """Insert the new ones and replace the others where each still is as it was read."""
    collection = documents[kind]._get_collection()
    new = [body for body in bodies if body["version"] == 1]
    known = [
        ReplaceOne(
            {"_id": body["_id"], "tenant": body["tenant"], "version": body["version"] - 1}, body
        )
        for body in bodies
        if body["version"] > 1
    ]
    if new:
        collection.insert_many(new, session=session)
    if known and collection.bulk_write(known, session=session).matched_count < len(known):
        raise Outdated(kind.__name__)


def _aggregate(kind: type[A], body: dict[str, Any]) -> A:
    fields = {name: body[name] for name in kind.model_fields if name in body}
    return kind.model_validate({"id": body["_id"]} | fields)


def _no_such(kind: type[Aggregate]) -> NotFound:
    return NotFound("Không tìm thấy.", f"There is no such {kind.__name__.lower()}.")


def _body(aggregate: Aggregate) -> dict[str, Any]:
    body = aggregate.model_dump()
    return body | {"_id": body.pop("id"), "version": aggregate.version + 1}


def _lost_a_race(error: OperationFailure | BulkWriteError) -> bool:
    """Waiting for the other transaction would only find us stale."""
    return bool(_codes(error) & {DUPLICATE_KEY, WRITE_CONFLICT})


def _codes(error: OperationFailure | BulkWriteError) -> set[int | None]:
    inner = (error.details or {}).get("writeErrors", [])
    return {error.code, *(one.get("code") for one in inner)}


def _too_much() -> Unavailable:
    """For the memory that the store has left at this moment."""
    return Unavailable(
        "Việc này ghi nhiều hơn kho dữ liệu nhận được lúc này. Mời đợi rồi gửi lại; danh sách dài "
        "thì chia thành nhiều tệp.",
        "This writes more than the store can take at the moment. Wait and send it again; split a "
        "long list into several files.",
        retry_after=10,
    )


def run(use_case: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case and keep what it did. AlreadyDone when this request has come before and its
    effect is there."""

    def work() -> UnitOfWork:
        repeated = once.current()
        if repeated and not repeated.done and get_db().inbox.find_one({"_id": repeated.row}):
            raise AlreadyDone
        return UnitOfWork(use_case.__name__)

    return _settled(work, use_case, *args, **kwargs)


def handle(
    consumer: str,
    envelope: Envelope,
    use_case: Callable[Concatenate[UnitOfWork, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case for an event, once however often it comes; then AlreadyHandled."""

    def work() -> UnitOfWork:
        if not unhandled(consumer, [envelope]):
            raise AlreadyHandled(consumer, envelope.id)
        return UnitOfWork(use_case.__name__, [envelope], consumer)

    return _settled(work, use_case, *args, **kwargs)


def heed(
    envelope: Envelope,
    use_case: Callable[Concatenate[UnitOfWork, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case for an event however often it comes: a job's, which may be lost half done."""
    return _settled(lambda: UnitOfWork(use_case.__name__, [envelope]), use_case, *args, **kwargs)


def handle_all(
    consumer: str,
    envelopes: Sequence[Envelope],
    use_case: Callable[Concatenate[UnitOfWork, Sequence[Envelope], P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T | None:
    """Run a use case for those of the events that this consumer has not had, in one transaction.

    None when it has had them all.
    """
    for attempt in _attempts():
        new = unhandled(consumer, envelopes)
        if not new:
            return None
        work = UnitOfWork(use_case.__name__, new, consumer)
        result = use_case(work, new, *args, **kwargs)
        if _committed(work, attempt):
            return result
    raise AssertionError("the last attempt returns or raises")


def unhandled(consumer: str, envelopes: Iterable[Envelope]) -> list[Envelope]:
    """Those that the inbox does not know, in their order, each once."""
    by_row = {_inbox_row(consumer, one): one for one in envelopes}
    had = {row["_id"] for row in get_db().inbox.find({"_id": {"$in": list(by_row)}}, {"_id": 1})}
    return [one for row, one in by_row.items() if row not in had]


def _inbox_row(consumer: str, envelope: Envelope) -> str:
    return f"{consumer}/{envelope.id}"


def _settled(
    begin: Callable[[], UnitOfWork],
    use_case: Callable[Concatenate[UnitOfWork, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    for attempt in _attempts():
        work = begin()
        result = use_case(work, *args, **kwargs)
        if _committed(work, attempt):
            return result
    raise AssertionError("the last attempt returns or raises")


class Attempt(NamedTuple):
    number: int
    last: bool


def _attempts() -> Iterator[Attempt]:
    until = time.monotonic() + PATIENCE_S
    for number in range(1, ATTEMPTS + 1):
        yield Attempt(number, last=number == ATTEMPTS or time.monotonic() > until)


def _committed(work: UnitOfWork, attempt: Attempt) -> bool:
    """False when another writer was first: read and decide again, after a short random pause."""
    try:
        work.commit()
    except Outdated:
        if attempt.last:
            raise
        time.sleep(random.random() * min(0.002 * 2**attempt.number, 0.1))
        return False
    return True
