"""Deliveries: a package's files come by their hashes, whole or not at all, and each only once."""

import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

import services.evaluation.bootstrap  # noqa: F401
from chassis.broker.letters import AWAY
from chassis.files import Damaged
from chassis.problems import Unavailable
from chassis.scope import Scope, entered
from chassis.store.files import Files
from chassis.tokens import GATEWAY, Issuer, Signer, Verifier
from contracts.councils import PackageDelivered
from contracts.event import Envelope
from contracts.filing import DossierAccepted, DossierSubmitted
from contracts.package import Manifest
from services.evaluation.adapters.deliveries import NotGiven
from services.evaluation.entrypoints.deliveries import fetching
from services.evaluation.settings import Settings
from tests.evaluation.hearing import LOWER, UPPER, envelope, escalated, stored, taking, told
from tests.evaluation.people import manifest
from tests.files import pdf


@dataclass
class Owner:
    """Who stands in for the gateway and the dossier service behind it. `files`: by path; `next`:
    statuses to answer with first. It notes what it was asked, and whose token came with it."""

    url: str
    verifier: Verifier
    files: dict[str, bytes] = field(default_factory=dict)
    next: list[int] = field(default_factory=list)
    breaks: bool = False
    asked: list[str] = field(default_factory=list)
    callers: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def has(self, of: Manifest, *contents: bytes, tenant: str = LOWER) -> None:
        for file, content in zip(of.files, contents, strict=True):
            path = f"/t/{tenant}/dossier/v1/packages/{of.package_id}/files/{file.sha256}"
            self.files[path] = content

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        caller = self.verifier.verified(request.headers["Authorization"].removeprefix("Bearer "))
        self.callers.append((caller.tenant, caller.roles))
        content = self.files.get(request.path)
        status = self.next.pop(0) if self.next else 200 if content is not None else 404
        content = content or b"" if status == 200 else b'{"detail": "no"}'
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        body = memoryview(content)
        request.wfile.write(body[: len(body) // 2] if self.breaks else body)


@pytest.fixture
def owner(issuer) -> Iterator[Owner]:
    key = Signer.read("ocop-evaluation", issuer.key).as_issuer(["package-reader"], people=False)
    verifier = Verifier([Issuer.model_validate(key)], GATEWAY)

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            one.answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    one = Owner(f"http://127.0.0.1:{server.server_port}", verifier)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def take(tenants) -> Callable[[Envelope], None]:
    return taking(tenants)


@pytest.fixture
def settings(owner, engines, database, issuer, tenants_file) -> Settings:
    return Settings(
        key=issuer.key, certificate_key=issuer.key, gateway=owner.url, tenants=tenants_file,
        issuers=issuer.trusted, instance="evaluation", mongodb=engines.mongodb,
        database=database.name, rabbitmq=engines.rabbitmq,
    )  # fmt: skip


@pytest.fixture
def job(settings) -> Callable[[Envelope], None]:
    """As the job process does: in the scope of the event's tenant."""
    handler = fetching(settings)

    def do(one: Envelope) -> None:
        with entered(Scope(one.tenant, "evaluation.deliveries")):
            handler(one)

    return do


def submitted(*contents: bytes, **other: Any) -> tuple[Manifest, Envelope]:
    example = DossierSubmitted.example["manifest"]["files"][0]
    files = [
        example | {"sha256": sha256(one).hexdigest(), "size": len(one)} | other for one in contents
    ]
    of = manifest(files=files)
    return of, envelope(DossierSubmitted(manifest=of), of.dossier_id, 1)


def accepted(of: Manifest) -> Envelope:
    said = DossierAccepted.example | {"package_id": of.package_id}
    return envelope(DossierAccepted.model_validate(said), of.dossier_id, 2)


def kept(tenant: str, content: bytes) -> bool:
    with entered(Scope(tenant, "test")):
        return Files().exists(sha256(content).hexdigest())


@pytest.mark.parametrize("accepted_first", [False, True])
def test_a_package_is_delivered_with_its_last_file_or_its_acceptance(
    job, owner, take, database, accepted_first
):
    contents = [pdf("1"), pdf("2")]
    of, submission = submitted(*contents)
    owner.has(of, *contents)
    for step in (take, job) if accepted_first else (job, take):
        step(accepted(of) if step is take else submission)
    (one,) = stored(LOWER, of)
    assert (one.ready, one.missing) == (True, ())
    assert told(database) == [(one.id, PackageDelivered(package=one.facts))]
    assert all(kept(LOWER, content) for content in contents)
    assert owner.callers == [(LOWER, frozenset({"package-reader"}))] * 2
    assert not kept(UPPER, contents[0])


def test_a_job_goes_on_where_it_was_and_fetches_nothing_twice(job, owner, take):
    contents = [pdf(str(number)) for number in range(3)]
    of, submission = submitted(*contents)
    owner.has(of, *contents)
    owner.next = [200, 503]
    with pytest.raises(Unavailable):
        job(submission)
    (one,) = stored(LOWER, of)
    assert one.arrived == {of.files[0].sha256}
    job(submission)
    assert [path[-64:] for path in owner.asked] == [
        of.files[place].sha256 for place in (0, 1, 1, 2)
    ]
    job(submission)
    assert len(owner.asked) == 4
    other, again = submitted(contents[0])  # another package with the same file
    job(again)
    (one,) = stored(LOWER, other)
    assert (one.missing, len(owner.asked)) == ((), 4)


def test_two_jobs_at_once_deliver_once(job, owner, take, database):
    contents = [pdf("1"), pdf("2")]
    of, submission = submitted(*contents)
    owner.has(of, *contents)
    take(accepted(of))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(job, [submission] * 4))
    assert len(told(database)) == 1
    assert database["files.files"].count_documents({}) == 2


def test_what_goes_up_is_fetched_anew_from_its_owner(job, owner, database):
    content = pdf("1")
    of, _ = submitted(content)
    owner.has(of, content)
    job(escalated(of, str(uuid4())))
    (one,) = stored(UPPER, of)
    assert (one.owner, one.ready) == (LOWER, True)
    assert owner.callers == [(LOWER, frozenset({"package-reader"}))]
    assert (kept(UPPER, content), kept(LOWER, content)) == (True, False)
    assert told(database) == [(one.id, PackageDelivered(package=one.facts))]


def test_while_the_other_side_is_away_it_is_tried_again_for_ever(job, owner):
    of, submission = submitted(pdf("1"))
    owner.has(of, pdf("1"))
    for status in (500, 502, 503, 504, 429, 408):
        owner.next = [status]
        with pytest.raises(AWAY):
            job(submission)
    owner.breaks = True
    with pytest.raises(AWAY):
        job(submission)
    assert not kept(LOWER, pdf("1"))
    owner.breaks = False
    job(submission)
    assert kept(LOWER, pdf("1"))


def test_nobody_there_is_away_too(settings):
    nowhere = settings.model_copy(update={"gateway": "http://127.0.0.1:9"})
    _, submission = submitted(pdf("1"))
    with entered(Scope(LOWER, "test")), pytest.raises(AWAY):
        fetching(nowhere)(submission)


def test_what_is_refused_or_not_what_was_announced_ends_as_a_dead_letter(
    job, owner, take, database
):
    """Not as one that is away: it is tried a few times, and then lies there with its reason."""
    for status in (401, 403, 404, 410, 301):
        _, submission = submitted(pdf(str(status)))
        owner.next = [status]
        with pytest.raises(NotGiven, match=str(status)):
            job(submission)
    of, submission = submitted(pdf("1"))
    take(accepted(of))
    for content, error in ((pdf("2"), Damaged), (pdf("1")[:-1], Damaged)):
        owner.has(of, content)
        with pytest.raises(error, match=of.files[0].sha256):
            job(submission)
    (one,) = stored(LOWER, of)
    assert (len(one.missing), one.ready) == (1, False)
    assert database["files.files"].count_documents({}) == told(database).count(None) == 0
    assert not issubclass(NotGiven, AWAY)
    assert not issubclass(Damaged, AWAY)


def test_a_file_of_another_size_than_announced_is_not_taken(job, owner, take, database):
    of, submission = submitted(pdf("1"), size=len(pdf("1")) + 1)
    owner.has(of, pdf("1"))
    take(accepted(of))
    for _ in range(2):  # also when it lies there by now
        with pytest.raises(NotGiven, match="bytes"):
            job(submission)
    (one,) = stored(LOWER, of)
    assert (one.arrived, one.ready, told(database)) == (frozenset(), False, [])


def test_of_the_largest_file_nothing_is_held_beside_what_the_store_writes(job, owner):
    """The driver holds up to 48 MB of a file until it writes, and encodes it: 50 MB for 25."""
    large = pdf("1") + bytes(25 * 2**20 - len(pdf("1")))
    of, submission = submitted(large)
    owner.has(of, large)
    tracemalloc.start()
    try:
        job(submission)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept(LOWER, large)
    assert peak < 60 * 2**20
