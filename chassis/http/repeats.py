"""A POST that bears an Idempotency-Key may be sent again: it is done once, and the first answer is
repeated for a day.

A key is its sender's own, for one address. What is in flight is refused, what was refused may be
sent again. A process may die between the effect and the keeping of its answer: the effect has the
key in its transaction (chassis.store.once), so that the next sending is told that all is done.
"""

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from mongoengine.connection import get_db
from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.http.access import caller
from chassis.http.openapi import KEY, KEY_HEADER
from chassis.problems import Conflict, Problem, Unprocessable
from chassis.store import once
from chassis.store.once import Once
from contracts.text import Words

log = structlog.get_logger(__name__)
IN_FLIGHT_S = 60
"""How long an answer is waited for, as the gateway does; only then may another sending take over.
What is done once does not depend on it."""
LONGEST = 12_000_000
"""An answer of more bytes, packed, is not kept: a document of MongoDB has 16 MB at most. The report
of the longest import has several and is packed to a tenth."""


class BrokenKey(Problem):
    slug = "broken-key"
    title = Words("Khoá gửi lại không đúng dạng", "The idempotency key is not of the right form")


class KeyReused(Unprocessable):
    slug = "key-reused"
    title = Words("Khoá gửi lại đã dùng cho việc khác", "The idempotency key was used before")


class InFlight(Conflict):
    slug = "in-flight"
    title = Words("Yêu cầu này đang được xử lý", "This request is being worked on")


@dataclass(frozen=True)
class Sending:
    """One sending of a request. `id`: the same for each repetition; `fingerprint`: what it says."""

    id: str
    tenant: str
    caller: str
    path: str
    fingerprint: str
    holder: str

    def taken(self) -> Response | None:
        """None when it is this sending that has to do the work, otherwise the first answer."""
        now = datetime.now(UTC)
        held = {"holder": self.holder, "until": now + timedelta(seconds=IN_FLIGHT_S)}
        said = {"tenant": self.tenant, "caller": self.caller, "path": self.path}
        try:
            get_db().answers.insert_one(
                {"_id": self.id, "at": now, "fingerprint": self.fingerprint} | said | held
            )
        except DuplicateKeyError:
            return self._repeated(now, held)
        return None

    def _repeated(self, now: datetime, held: dict[str, Any]) -> Response | None:
        found = get_db().answers.find_one({"_id": self.id})
        if found is None:  # refused in this moment: nobody does it
            return self.taken()
        if found["fingerprint"] != self.fingerprint:
            raise KeyReused(
                f"{KEY_HEADER} này đã được gửi với nội dung khác. Việc mới cần khoá mới.",
                f"This {KEY_HEADER} was sent with other contents. Something new needs a new key.",
            )
        if answer := found.get("answer"):
            body = zlib.decompress(answer["body"]) if answer.get("packed") else answer["body"]
            return Response(body, answer["status"], answer["headers"])
        unanswered = {"_id": self.id, "answer": {"$exists": False}}
        abandoned = unanswered | {"holder": found["holder"], "until": {"$lt": now}}
        if get_db().answers.update_one(abandoned, {"$set": held}).matched_count:
            return None
        raise InFlight(
            "Yêu cầu này đang được xử lý. Mời đợi rồi gửi lại.",
            "This request is being worked on. Wait, and send it again.",
            retry_after=1,
        )

    def settle(self, response: Response) -> None:
        """Keep a success, whoever holds the key by now; what was refused may be sent again."""
        answers = get_db().answers
        passing = response.status_code >= 400 or response.is_streamed
        body = b"" if passing else zlib.compress(response.get_data())
        if passing or len(body) > LONGEST:
            mine = {"_id": self.id, "holder": self.holder, "answer": {"$exists": False}}
            answers.delete_one(mine)
            return
        answer = {
            "status": response.status_code,
            "headers": [*response.headers.items()],
            "body": body,
            "packed": True,
        }
        answers.update_one({"_id": self.id}, {"$set": {"answer": answer}})


def sending() -> Sending | None:
    """That of the present request; None without a key or without a sender."""
    key, who = request.headers.get(KEY_HEADER), caller()
    if request.method != "POST" or key is None or who is None:
        return None
    if not re.fullmatch(KEY, key):
        raise BrokenKey(
            f"{KEY_HEADER} gồm 1 đến 200 ký tự ASCII, không có dấu cách.",
            f"An {KEY_HEADER} has 1 to 200 characters of ASCII, without blanks.",
        )
    named = [who.tenant, who.subject, request.method, request.path, key]
    return Sending(
        id=_digest(named), tenant=who.tenant, caller=who.subject, path=request.path,
        fingerprint=fingerprint(), holder=str(uuid4()),
    )  # fmt: skip


def fingerprint() -> str:
    """Of all that is asked: query and body. Of a form its parts, as whoever sends it anew writes
    another boundary between them."""
    said: list[Any] = [request.query_string.decode("latin-1"), request.mimetype]
    if request.is_json:
        request.get_json()
        said.append(hashlib.sha256(request.get_data()).hexdigest())
    said += [*request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        said.append([name, file.filename, file.content_type, content])
    return _digest(said)


def _digest(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def answer_repeats(app: Flask) -> None:
    """To be called after the guard: who sends is known then, and may."""

    @app.before_request
    def look() -> Response | None:
        one = sending()
        if one is None:
            return None
        if (first := one.taken()) is not None:
            return first
        g.sending = one
        g.once = once.enter(Once(one.id))
        return None

    @app.after_request
    def settle(response: Response) -> Response:
        one: Sending | None = g.pop("sending", None)
        if one is not None:
            try:
                one.settle(response)
            except PyMongoError:  # it is done all the same: the next sending is told so
                log.exception("answer_not_kept", path=one.path)
        return response

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if (token := g.pop("once", None)) is not None:
            once.leave(token)
