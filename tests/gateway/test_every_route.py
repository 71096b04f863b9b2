"""Every route of every service, taken from the apps: none is forgotten, none is open by chance."""

import importlib
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from flask import Flask

from chassis.http.access import access_of
from chassis.store import documents
from chassis.tokens import GATEWAY, PEOPLES, Role, Signer
from deploy.local import broker, tree
from deploy.local.dropping import drop
from deploy.local.site import Site
from tests.gateway.samples import UUID, fields_of, replaced, sample, texts
from tests.sites import addresses

SERVICES = [part for part in tree.parts() if part not in tree.DOORS]
OPERATOR = {"$ne": None}
BAIT = json.dumps(OPERATOR)

# A route becomes public here, on purpose, or not at all.
COMMON = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
}
PUBLIC: dict[str, set[tuple[str, str]]] = {
    "dossier": set(),
    "evaluation": {
        ("GET", "/t/<tenant>/v1/certificates/<id>"),
        ("GET", "/t/<tenant>/v1/certificate-checks"),
        ("GET", "/t/<tenant>/v1/certificate-keys"),
    },
    "catalog": {
        ("GET", "/t/<tenant>/v1/products"),
        ("GET", "/t/<tenant>/v1/products/<id>"),
        ("GET", "/t/<tenant>/v1/suggestions"),
        ("GET", "/t/<tenant>/v1/snapshot"),
        ("GET", "/t/<tenant>/v1/snapshot/head"),
    },
    "notification": set(),
}
# What people type is the text that it is, whatever it looks like.
TEXT = {
    ("catalog", "q"), ("dossier", "source"), ("dossier", "title"), ("dossier", "number"),
    ("dossier", "commune"),
}  # fmt: skip

BROKEN = [
    b"", b"{", b"[]", b"null", b"\xff", b'"{}"', b'{"a": NaN}', b'{"a": 1e999}',
    b'{"a": 1, "a": 2}', b"[" * 1000 + b"]" * 1000, b'{"a":' * 1000 + b"1" + b"}" * 1000,
]  # fmt: skip


@pytest.fixture(scope="module")
def site(engines: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All that the services need, prepared as a deployment does it; no process is started."""
    one = Site(tmp_path_factory.mktemp("site"), addresses(engines), name=f"t{uuid4().hex[:8]}")
    one.keys.make()
    one.ports |= {"gateway": 9, "mail-catcher": 9}  # nobody listens there
    for vhost in (one.vhost, one.public_vhost):
        broker.ensure_vhost(one.addresses.management, vhost)
    one.prepare()
    yield one
    drop(one)


@dataclass
class Service:
    name: str
    app: Flask
    signer: Signer

    def ask(self, method: str, path: str, token: str | None = None, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.app.test_client().open(path, method=method, headers=headers, **sent)

    def token(self, *roles: Role, tenant: str = "an-giang") -> str:
        return self.signer.signed(
            audience=self.name, subject="tester", tenant=tenant, roles=roles, seconds=60
        )

    @property
    def all_roles(self) -> str:
        """A person's; what only a service may read, it may not."""
        return self.token(*PEOPLES)

    @property
    def routes(self) -> list[tuple[str, str]]:
        return sorted(
            (method, rule.rule)
            for rule in self.app.url_map.iter_rules()
            for method in rule.methods or ()
            if method not in ("HEAD", "OPTIONS")  # they pass the same guard: test_http
        )

    @property
    def private(self) -> list[tuple[str, str]]:
        return [one for one in self.routes if one not in COMMON | PUBLIC[self.name]]

    @property
    def by_role(self) -> list[tuple[str, str]]:
        """Without those that anybody who has signed in may ask."""
        anybodys = {
            rule.rule
            for rule in self.app.url_map.iter_rules()
            if (access := access_of(self.app, rule.endpoint)) and access.person
        }
        return [one for one in self.private if one[1] not in anybodys]

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", "/openapi.json").get_json()
        return found

    @property
    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (method.upper(), path, operation)
            for path, operations in self.document["paths"].items()
            for method, operation in operations.items()
        ]


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest, site: Site) -> Iterator[Service]:
    name = request.param
    handlers = logging.getLogger().handlers[:]
    told = site.environment(name, "http", f"{name}-http")
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in told.items():
            if variable.startswith("OCOP_"):
                patch.setenv(variable, value)
        app = importlib.import_module(f"services.{name}.entrypoints.http").create_app()
    yield Service(name, app, Signer.read(GATEWAY, site.keys.gateway))
    documents.disconnect()
    logging.getLogger().handlers[:] = handlers


def address(rule: str, tenant: str = "an-giang", other: str = UUID) -> str:
    """A rule or an OpenAPI path with something in each place."""
    return "/".join(
        part if not part.startswith(("<", "{"))
        else tenant if part[1:-1].endswith("tenant")
        else quote(other, safe="")
        for part in rule.split("/")
    )  # fmt: skip


def refused(answer: Any) -> int:
    """The status of a problem in both languages."""
    assert answer.mimetype == "application/problem+json", (answer.status, answer.data[:300])
    body = answer.get_json()
    assert all((body["title"], body["detail"], body["en"]["title"], body["en"]["detail"]))
    assert body["status"] == answer.status_code
    return int(answer.status_code)


def test_the_services_are_those_of_the_list():
    assert set(SERVICES) == set(PUBLIC)


def test_without_a_token_the_public_routes_answer_and_no_other(service):
    answers = {(m, rule): service.ask(m, address(rule)).status_code for m, rule in service.routes}
    assert {one for one, status in answers.items() if status != 401} == (
        COMMON | PUBLIC[service.name]
    )
    assert {one: status for one, status in answers.items() if status >= 500 or status == 403} == {}


def test_a_foreign_tenants_token_finds_nothing_private(service):
    """Without a role either: a missing look at the tenant would say 403 there."""
    tokens = [
        service.token(*roles, tenant=tenant)
        for tenant in ("tri-ton", "huyen-mau")
        for roles in (Role, ())
    ]
    for token in tokens:
        answers = [service.ask(method, address(rule), token) for method, rule in service.private]
        assert [refused(answer) for answer in answers] == [404] * len(answers)


def test_a_tenant_above_is_no_way_in_below(service):
    token = service.all_roles
    answers = [
        service.ask(method, address(rule, "tri-ton"), token) for method, rule in service.private
    ]
    assert [refused(answer) for answer in answers] == [404] * len(answers)


def test_what_is_public_answers_alike_with_any_token_or_none(service):
    for method, rule in PUBLIC[service.name]:
        answers = [
            service.ask(method, address(rule), token)
            for token in (None, service.all_roles, service.token(tenant="huyen-mau"))
        ]
        first, *others = [(one.status_code, one.data) for one in answers]
        assert others == [first] * 2


def test_a_shared_address_is_answered_as_the_one_that_was_shared(service):
    added = "fbclid=IwAR0&utm_source=zalo&zarsrc=30"
    for method, rule in PUBLIC[service.name]:
        was, shared = (service.ask(method, address(rule) + asked) for asked in ("", f"?{added}"))
        assert (shared.status_code, shared.data) == (was.status_code, was.data)


def test_what_is_public_is_for_anybodys_page_and_cache_and_nothing_else_is(service):
    token, shared = service.all_roles, PUBLIC[service.name] | {("GET", "/openapi.json")}
    for method, rule in service.routes:
        answer = service.ask(method, address(rule), token)
        allowed = [one for one in answer.headers if one[0].startswith("Access-Control")]
        assert bool(allowed) == ((method, rule) in shared), rule
        assert answer.headers.get("Access-Control-Allow-Origin") in (None, "*")
        assert "Access-Control-Allow-Credentials" not in answer.headers
        kept = answer.headers.get("Cache-Control", "")
        if "public" in kept:
            assert (method, rule) in shared, rule
        if method == "GET" and answer.status_code == 200 and rule not in {one for _, one in COMMON}:
            assert kept.endswith("no-cache"), rule
            assert kept.startswith("public" if (method, rule) in shared else "private"), rule
        asked = service.ask("OPTIONS", address(rule))
        assert (asked.status_code, method in asked.headers["Allow"].split(", ")) == (204, True)
        readable = asked.headers.get("Access-Control-Allow-Methods")
        assert readable == ("GET, HEAD" if ("GET", rule) in shared else None), rule


def test_no_route_of_an_unknown_tenant_is_there(service):
    rules = [one for one in service.routes if "<tenant>" in one[1]]
    token = service.token(*Role, tenant="nowhere")
    answers = [service.ask(method, address(rule, "nowhere"), token) for method, rule in rules]
    assert [refused(answer) for answer in answers] == [404] * len(rules)


def test_without_a_role_nothing_private_is_allowed(service):
    token = service.token()
    answers = [service.ask(method, address(rule), token) for method, rule in service.by_role]
    assert [refused(answer) for answer in answers] == [403] * len(answers)


def test_a_service_that_reads_packages_may_do_nothing_that_people_may(service):
    token = service.token(Role.PACKAGE_READER)
    for method, path, operation in service.operations:
        if "security" in operation and Role.PACKAGE_READER not in operation["x-roles"]:
            answer = service.ask(method, address(path), token)
            assert refused(answer) == 403, (method, path)


def test_the_document_names_every_route_and_who_may_pass(service):
    documented = {(method, path): operation for method, path, operation in service.operations}
    served = {
        (method, rule.replace("<", "{").replace(">", "}")): (method, rule) in service.private
        for method, rule in service.routes
        if "<tenant>" in rule
    }
    assert {one: "security" in documented[one] for one in documented if one in served} == served


def test_an_operator_in_any_text_of_a_body_is_refused_where_it_stands(service):
    document, tried = service.document, 0
    for method, path, operation in service.operations:
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if schema is None:
            continue
        body = sample(document, schema["schema"])
        for at in texts(document, schema["schema"]):
            answer = service.ask(
                method, address(path), service.all_roles, json=replaced(body, at, OPERATOR)
            )
            assert refused(answer) == 422
            fields = [one["field"] for one in answer.get_json()["errors"]]
            place = ".".join(map(str, at))
            assert any(one == place or one.startswith(f"{place}.") for one in fields), fields
            tried += 1
    assert tried >= {"dossier": 1}.get(service.name, 0)


def test_an_operator_in_any_field_of_a_form_is_refused(service):
    document = service.document
    for method, path, operation in service.operations:
        content = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
        if content is None:
            continue
        for at in texts(document, content["schema"]):
            form = {
                name: (io.BytesIO(b"x"), "x.csv") if one.get("format") == "binary" else "2024-12-31"
                for name, one in fields_of(document, content["schema"]).items()
            }
            answer = service.ask(
                method, address(path), service.all_roles,
                data=replaced(form, at, BAIT), content_type="multipart/form-data",
            )  # fmt: skip
            assert refused(answer) in (400, 422)
            named = {one["field"].partition(".")[0] for one in answer.get_json()["errors"]}
            assert (at[0] in named) == ((service.name, at[0]) not in TEXT)


def test_an_operator_in_any_parameter_is_refused_or_is_the_text_that_it_is(service):
    taken: set[tuple[str, str]] = set()
    parameters = {
        (service.name, parameter["name"])
        for _, _, operation in service.operations
        for parameter in operation.get("parameters", [])
    }
    for method, path, operation in service.operations:
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] != "query":
                continue
            asked = f"{address(path)}?{urlencode({name: BAIT})}"
            answer = service.ask(method, asked, service.all_roles)
            if answer.status_code < 400:
                taken.add((service.name, name))
                assert answer.get_json()["items"] == []
            else:
                assert refused(answer) in (400, 422), asked
            bracketed = f"{address(path)}?{urlencode({f'{name}[$ne]': '1'})}"
            assert refused(service.ask(method, bracketed, service.all_roles)) == 422
    assert taken == TEXT & parameters


def test_an_operator_in_a_path_is_no_address(service):
    for method, path, _ in service.operations:
        if set(path.split("/")) & {"{tenant}"} and path.count("{") > 1:
            asked = address(path, other=BAIT)
            assert refused(service.ask(method, asked, service.all_roles)) in (400, 404, 422)
        if "{tenant}" in path:
            asked = address(path, tenant=quote(BAIT, safe=""))
            assert refused(service.ask(method, asked, service.all_roles)) == 404


def test_a_body_that_is_none_is_a_problem_at_every_route_that_takes_one(service):
    for method, path, operation in service.operations:
        for media in operation.get("requestBody", {}).get("content", {}):
            kind = f"{media}; boundary=b" if media == "multipart/form-data" else media
            for body in BROKEN:
                answer = service.ask(
                    method, address(path), service.all_roles, data=body, content_type=kind
                )
                assert refused(answer) in (400, 413, 422), (path, body[:20])
            long = service.ask(
                method, address(path), service.all_roles, content_type=kind,
                data=b" " * (service.app.config["MAX_CONTENT_LENGTH"] + 1),
            )  # fmt: skip
            assert refused(long) == 413
