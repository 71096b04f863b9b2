import json
from collections.abc import Iterator
from typing import Any

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
        names the stream, the sequence at which the others, a Listing each, are exact, and how many
        they are: from there on the stream tells what changes."""
        stream = Stream.of(tenants.get(path.tenant).purpose)
        sequence, count, listings = bootstrap.snapshot(stream, scope.current().reach)
        first = {"stream": stream, "sequence": sequence, "count": count}
        return Response(_lines(first, listings), content_type="application/x-ndjson")

    return routes


def _lines(first: dict[str, Any], listings: Iterator[Listing]) -> Iterator[str]:
    yield json.dumps(first) + "\n"
    for listing in listings:
        yield listing.model_dump_json(exclude_none=True) + "\n"
