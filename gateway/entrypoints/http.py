"""/t/{tenant}/{service}/v1/... of every service, and what the door itself has to say."""

import json
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, request
from flask_openapi3.blueprint import APIBlueprint
from werkzeug.datastructures import Headers
from werkzeug.exceptions import MethodNotAllowed

from chassis import log
from chassis.http.access import caller, public
from chassis.http.app import answer, create, methods, wrong_method
from chassis.problems import Problem, TooMany, Unauthenticated
from chassis.settings import read
from chassis.tenants import Tenants
from chassis.tokens import GATEWAY, Verifier
from gateway import paths
from gateway.door import Door, passed_on
from gateway.headers import outwards
from gateway.settings import Settings

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def create_app() -> Flask:
    settings = read(Settings)
    log.configure("gateway", settings)
    tenants = Tenants.read(settings.tenants)
    door = Door(settings, tenants)
    app = create(
        "gateway",
        settings,
        verifier=Verifier.read(settings.issuers, GATEWAY),
        blueprints=[routes(door, tenants)],
        checks={},
        tenants=tenants,
        before=partial(count_unnamed, door),
    )
    count_named(app, door)
    return app


def count_unnamed(door: Door) -> None:
    """By address, whatever is asked for; who says a name is looked at first, since nobody's rate is
    used up by others of their address."""
    if request.url_rule is None or not (
        "Authorization" in request.headers or request.path.startswith("/health/")
    ):
        door.count_address(request)


def count_named(app: Flask, door: Door) -> None:
    """By caller; by address whoever is not the one whose name they say."""

    @app.before_request
    def count() -> None:
        if who := caller():
            door.count_caller(who)

    @app.errorhandler(Unauthenticated)
    def refused(problem: Unauthenticated) -> Response:
        try:
            door.count_address(request)
        except TooMany as too_many:
            return answer(too_many)
        return answer(problem)


def routes(door: Door, tenants: Tenants) -> APIBlueprint:
    """Public as far as the door knows: who may pass is the service's own word."""
    found = APIBlueprint("door", __name__)

    @found.route("/t/<tenant>/<service>/v1/<path:rest>", methods=METHODS)
    @public(shared=False)
    def forward(tenant: str, service: str, rest: str) -> Response:
        said = door.answer(request, tenant, service, target_of(tenant))
        return relocated(said, tenant, service)

    @found.app_errorhandler(MethodNotAllowed)
    def tell_methods(error: MethodNotAllowed) -> Response:
        """Of a method that is none: which there are, the service knows."""
        try:
            _, at = current_app.create_url_adapter(request).match(method="OPTIONS")
            said = door.call(
                request, "OPTIONS", at["tenant"], at["service"], target_of(at["tenant"])
            )
        except MethodNotAllowed:  # an address of the door's own
            return methods(error)
        except Problem as problem:
            return answer(problem)
        response = passed_on(said, Headers(outwards(said.headers)))
        if said.status == 204:
            allowed, response = response.headers["Allow"], wrong_method()
            response.headers["Allow"] = allowed
        return response

    @found.route("/t/<tenant>/<service>/openapi.json")
    @public()
    def description(tenant: str, service: str) -> Response:
        """The service's own, its addresses as they are seen from outside."""
        said = door.call(request, "GET", tenant, service, "/openapi.json")
        if said.status != 200:
            return passed_on(said, Headers(outwards(said.headers)))
        document = json.loads(said.whole())
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


def target_of(tenant: str) -> str:
    """What is asked for, as the service knows it."""
    _t, _tenant, _service, *names = paths.segments(request.environ["RAW_URI"])
    return paths.path("t", tenant, *names) + asked()


def asked() -> str:
    given = request.environ["QUERY_STRING"]
    return f"?{paths.query(given)}" if given else ""


def relocated(response: Response, tenant: str, service: str) -> Response:
    """A service speaks of itself without its name in the path."""
    inside, outside = f"/t/{tenant}/", f"/t/{tenant}/{service}/"
    if response.headers.get("Location", "").startswith(inside):
        response.headers["Location"] = response.headers["Location"].replace(inside, outside, 1)
    return response
