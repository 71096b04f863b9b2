"""/t/{tenant}/{service}/v1/... of every service, and what the door itself has to say."""

import json
from typing import Any

from flask import Flask, Response, request
from flask_openapi3.blueprint import APIBlueprint

from chassis import log
from chassis.http.access import public
from chassis.http.app import create
from chassis.settings import read
from chassis.tenants import Tenants
from chassis.tokens import GATEWAY, Verifier
from gateway import paths
from gateway.door import Door, answered
from gateway.settings import Settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_app() -> Flask:
    settings = read(Settings)
    log.configure("gateway", settings)
    tenants = Tenants.read(settings.tenants)
    return create(
        "gateway",
        settings,
        verifier=Verifier.read(settings.issuers, GATEWAY),
        blueprints=[routes(Door(settings, tenants), tenants)],
        checks={},
        tenants=tenants,
    )


def routes(door: Door, tenants: Tenants) -> APIBlueprint:
    """Public as far as the door knows: who may pass is the service's own word."""
    found = APIBlueprint("door", __name__)

    @found.before_request
    def count() -> None:
        door.count(request)

    @found.route("/t/<tenant>/<service>/v1/<path:rest>", methods=METHODS)
    @public()
    def forward(tenant: str, service: str, rest: str) -> Response:
        _t, _tenant, _service, *names = paths.segments(request.environ["RAW_URI"])
        target = paths.path("t", tenant, *names) + asked()
        answer = door.call(request, tenant, service, target)
        return relocated(answered(answer), tenant, service)

    @found.route("/t/<tenant>/<service>/openapi.json")
    @public()
    def description(tenant: str, service: str) -> Response:
        """The service's own, its addresses as they are seen from outside."""
        answer = door.call(request, tenant, service, "/openapi.json")
        if answer.status != 200 or request.method != "GET":
            return answered(answer)
        document = json.loads(answer.whole())
        document["paths"] = {
            path.replace("/t/{tenant}/", f"/t/{{tenant}}/{service}/", 1): operations
            for path, operations in document["paths"].items()
            if path.startswith("/t/{tenant}/")
        }
        return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")

    @found.route("/")
    @public()
    def overview() -> dict[str, Any]:
        return {
            "name": "OCOP",
            "resources": "/t/{tenant}/{service}/v1/...",
            "openapi": "/t/{tenant}/{service}/openapi.json",
            "tenants": [
                {
                    "slug": one.slug,
                    "name": one.name.model_dump(),
                    "kind": one.unit.kind,
                    "parent": one.parent,
                    "purpose": one.purpose,
                    "services": sorted(one.routes),
                }
                for one in tenants
            ],
        }

    return found


def asked() -> str:
    given = request.environ["QUERY_STRING"]
    return f"?{paths.query(given)}" if given else ""


def relocated(response: Response, tenant: str, service: str) -> Response:
    """A service speaks of itself without its name in the path."""
    inside, outside = f"/t/{tenant}/", f"/t/{tenant}/{service}/"
    if response.headers.get("Location", "").startswith(inside):
        response.headers["Location"] = response.headers["Location"].replace(inside, outside, 1)
    return response
