import json
from collections.abc import Iterator
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from chassis import scope
from chassis.http.access import public
from chassis.http.app import TenantPath, blueprint
from chassis.tenants import Tenants
from contracts.catalog import Listing, Stream
from services.catalog import bootstrap

IN_MEMORY, PIECE = 4_000_000, 65_536


def snapshots(tenants: Tenants) -> APIBlueprint:
    routes = blueprint("snapshot", __name__)

    @routes.get("")
    @public(below=True)
    def read(path: TenantPath) -> Response:
        """All that the tenant and those below it list or have listed, as lines of JSON. The first
        names the stream, the sequence at which the others, a Listing each, are exact, and how many
        they are: from there on the stream tells what changes."""
        stream = Stream.of(tenants.get(path.tenant).purpose)
        sequence, count, listings = bootstrap.snapshot(stream, scope.current().reach)
        return _whole(_lines(_head(stream, sequence, count), listings))

    @routes.get("/head")
    @public(below=True)
    def read_head(path: TenantPath) -> dict[str, Any]:
        """The first line of a snapshot taken now, alone: which stream to attach to before the
        snapshot is asked for."""
        stream = Stream.of(tenants.get(path.tenant).purpose)
        sequence, count, listings = bootstrap.snapshot(stream, scope.current().reach)
        listings.close()
        return _head(stream, sequence, count)

    return routes


def _head(stream: Stream, sequence: int, count: int) -> dict[str, Any]:
    return {"stream": stream, "sequence": sequence, "count": count}


def _whole(lines: Iterator[str]) -> Response:
    """Written before it is answered: it has a length and a name by its content, and the snapshot of
    the store waits for no reader."""
    file, digest = SpooledTemporaryFile(IN_MEMORY), sha256()  # noqa: SIM115  closed with it
    for line in lines:
        file.write(line.encode())
        digest.update(line.encode())
    length = file.tell()
    file.seek(0)
    response = Response(_pieces(file), content_type="application/x-ndjson")
    response.call_on_close(file.close)
    response.content_length = length
    response.set_etag(digest.hexdigest())
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(PIECE), b"")


def _lines(first: dict[str, Any], listings: Iterator[Listing]) -> Iterator[str]:
    yield json.dumps(first) + "\n"
    for listing in listings:
        yield listing.model_dump_json(exclude_none=True) + "\n"
