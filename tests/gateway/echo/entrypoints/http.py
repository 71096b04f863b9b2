"""A real service that tells what it got, and misbehaves when it is told to."""

import hashlib
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, request
from pydantic import BaseModel
from werkzeug.wrappers import Response as Redirect

from chassis import log
from chassis.files import MediaType, StoredFile
from chassis.http.access import allowed, caller, public, tenant
from chassis.http.app import Query, TenantPath, blueprint, create
from chassis.http.uploads import stored
from chassis.http.versions import versioned
from chassis.settings import read
from chassis.store.files import OpenFile
from chassis.tokens import Role, Verifier
from tests.gateway.echo.settings import Settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Thing(BaseModel):
    text: str
    roles: list[str]


def create_app() -> Flask:
    settings = read(Settings)
    log.configure("echo", settings)
    verifier = Verifier.read(settings.issuers, settings.instance)
    app = create(
        "echo", settings, verifier=verifier, blueprints=[things(settings.notes)], checks={}
    )

    @app.before_request
    def note() -> None:
        write(settings.notes / "seen", f"{request.method} {request.environ['RAW_URI']}\n")

    return app


def write(file: Path, text: str) -> None:
    with file.open("a") as out:
        out.write(text)


def wait_for(file: Path) -> None:
    end = time.monotonic() + 20
    while not file.exists():
        if time.monotonic() > end:
            raise TimeoutError(file)
        time.sleep(0.01)


def things(notes: Path) -> Any:
    found = blueprint("things", __name__)

    @found.get("")
    @allowed(Role.ADMINISTRATOR)
    def private() -> dict[str, Any]:
        return heard()

    @found.route("/echo", methods=METHODS)
    @found.route("/echo/<path:rest>", methods=METHODS)
    @public()
    def echo(tenant: str, rest: str = "") -> dict[str, Any]:
        return heard()

    @found.get("/lines")
    @public()
    def lines() -> Response:
        def each() -> Iterator[str]:
            yield '{"line": 1}\n'
            wait_for(notes / "go on")
            yield '{"line": 2}\n'

        return Response(each(), content_type="application/x-ndjson")

    @found.get("/long", description="many words " * 10_000)
    @public()
    def long() -> Response:
        return Response(b"a" * 300_000, content_type="text/plain")

    @found.get("/listed")
    @public()
    def listed(path: TenantPath, query: Query) -> dict[str, Any]:
        return {"items": ["Bưởi da xanh"] * 10_000, "changed": (notes / "changed").exists()}

    @found.get("/versioned")
    @allowed(Role.ADMINISTRATOR)
    def kept() -> Response:
        who = caller()
        return versioned(Thing(text="của riêng " * 500, roles=sorted(who.roles if who else ())), 3)

    @found.get("/file")
    @allowed(Role.ADMINISTRATOR)
    def file() -> Response:
        content = bytes(range(256)) * 400
        kept = OpenFile(
            StoredFile(
                sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                media_type=MediaType.PDF,
            ),
            io.BytesIO(content),
        )  # fmt: skip
        return stored(kept, "a.pdf")

    @found.get("/large")
    @public()
    def large() -> Response:
        size = int(request.args["size"])
        answer = Response((b"a" * 50_000 for _ in range(size // 50_000)), content_type="text/plain")
        answer.content_length = size
        answer.call_on_close(lambda: write(notes / "sent", f"{size}\n"))
        return answer

    @found.get("/half")
    @public()
    def half() -> Response:
        def each() -> Iterator[str]:
            yield "half"
            raise RuntimeError("as told")

        return Response(each(), content_type="text/plain")

    @found.post("/upload")
    @public()
    def upload() -> dict[str, int]:
        first = len(request.stream.read(10))
        write(notes / "began", "")
        length = first + len(request.stream.read())
        write(notes / "whole", str(length))
        return {"length": length}

    @found.route("/slow", methods=METHODS)
    @public()
    def slow(tenant: str) -> dict[str, Any]:
        wait_for(notes / "go on")
        return heard()

    @found.route("/broken", methods=METHODS)
    @public()
    def broken(tenant: str) -> dict[str, Any]:
        told = notes / "break"
        if told.exists():
            told.unlink()
            request.environ["gunicorn.socket"].shutdown(socket.SHUT_RDWR)
        return heard()

    @found.get("/moved")
    @public()
    def moved() -> Redirect:
        return redirect(f"/t/{tenant}/v1/things/echo", 303)

    @found.get("/cookie")
    @public()
    def cookie() -> Response:
        response = Response("a cookie")
        response.headers["ETag"] = '"7"'
        response.headers["X-Total"] = "12"
        return response

    return found


def heard() -> dict[str, Any]:
    body = request.get_data()
    who = caller()
    return {
        "method": request.method,
        "uri": request.environ["RAW_URI"],
        "args": request.args.to_dict(flat=False),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "caller": who and {
            "issuer": who.issuer, "subject": who.subject, "tenant": who.tenant,
            "roles": sorted(who.roles), "expires": who.expires,
        },
    }  # fmt: skip
