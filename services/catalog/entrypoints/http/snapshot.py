import json
from collections.abc import Iterator

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from chassis import scope
from chassis.http.access import public
from chassis.http.app import TenantPath, blueprint
from chassis.tenants import Tenants
from contracts.catalog import Listing, Stream
from services.catalog import bootstrap


def snapshots(tenants: Tenants) -> APIBlueprint:
    routes = blueprint("snapshot", __name__)

    @routes.get("")
    @public(below=True)
    def read(path: TenantPath) -> Response:
        """All that the tenant and those below it list or have listed, as lines of JSON. The first
        names the stream and the sequence at which the others, a Listing each, are exact: from there
        on the stream tells what changes."""
        stream = Stream.of(tenants.get(path.tenant).purpose)
        sequence, listings = bootstrap.snapshot(stream, scope.current().reach)
        return Response(_lines(stream, sequence, listings), content_type="application/x-ndjson")

    return routes


def _lines(stream: Stream, sequence: int, listings: Iterator[Listing]) -> Iterator[str]:
    yield json.dumps({"stream": stream, "sequence": sequence}) + "\n"
    for listing in listings:
        yield listing.model_dump_json(exclude_none=True) + "\n"
