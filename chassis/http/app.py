"""The Flask app of a service: guarded routes under /t/<tenant>/v1, problems, traces, health."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hmac import compare_digest
from typing import Annotated, Any, Self
from uuid import uuid4

import structlog
from flask import Flask, Response, current_app, g, request
from flask_openapi3 import Info, OpenAPI
from flask_openapi3.blueprint import APIBlueprint
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chassis import metrics
from chassis.aggregate import Aggregate
from chassis.http import fields
from chassis.http.access import access_of, bearer, guard, keyed, public
from chassis.http.bodies import BrokenJson, StrictRequest
from chassis.http.keeping import keep, preflight
from chassis.http.openapi import describe
from chassis.http.problems import Unreadable
from chassis.problems import (
    MEDIA_TYPE,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    told_first_in,
)
from chassis.settings import CONFIGURED, DoorSettings, Settings
from chassis.tenants import Tenants
from chassis.tokens import Verifier
from chassis.trace import continued
from contracts.text import Id, Words

log = structlog.get_logger(__name__)
PREFIX = "/t/<tenant>/v1"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
Checks = Mapping[str, Callable[[], bool]]
GIVEN_TWICE = PydanticCustomError("given_twice", "given more than once, and one is meant")
AskedId = Annotated[Id, BeforeValidator(lambda id: id.lower() if isinstance(id, str) else id)]
"""As an address gives it: a UUID is the same in capitals (RFC 9562)."""


class TenantPath(BaseModel):
    """The path of every resource names its tenant."""

    model_config = ConfigDict(extra="allow")

    tenant: str


SHARING = re.compile(
    r"(utm|mtm|pk|hsa|stm|spm|mc|fb|_hs)_\w+|_(ga|gl|hsenc|hsmi|openstat)|(fb|tw|y|tt|d|g|ms)clid"
    r"|gclsrc|gbraid|wbraid|gad_(source|campaignid)|msclkid|li_fat_id|igsh(id)?|mibextid"
    r"|srsltid|zarsrc|zalo_\w+|ref(_src|_url)?"
)
"""Names that are put behind an address where it is shared: by Zalo, Facebook, Google, by mails."""


class Query(BaseModel):
    """What a route reads from the address: no name that it does not know, and each once that is no
    list, as nobody can tell which of two was meant. What sharing adds to a public address is passed
    over."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """flask-openapi3 has already taken the first of several."""
        known = cls.model_json_schema()["properties"]
        twice = [
            InitErrorDetails(type=GIVEN_TWICE, loc=(name,), input=values)
            for name, values in request.args.lists()
            if len(values) > 1 and name in known and known[name].get("type") != "array"
        ]
        if twice:
            raise ValidationError.from_exception_data(cls.__name__, twice)
        if not g.access.private:
            obj = {k: v for k, v in obj.items() if k in known or not SHARING.fullmatch(k)}
        return super().model_validate(obj, **options)

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """flask-openapi3 asks for it at every request, which takes longer than the rest of its
        work: made once."""
        return super().model_json_schema(*args, **options)


class Page(Query):
    """Of a list by id: what comes behind `after`."""

    after: AskedId | None = None
    limit: int = Field(50, ge=1, le=200)

    def next_after(self, found: Sequence[Aggregate]) -> str | None:
        """What the page behind this one begins after; None when this one was not full."""
        return found[-1].id if len(found) == self.limit else None


def blueprint(name: str, module: str) -> APIBlueprint:
    """Where a service's routes for one resource are declared."""
    return APIBlueprint(name, module, url_prefix=f"{PREFIX}/{name}")


def create(
    service: str,
    settings: Settings,
    *,
    verifier: Verifier | None,
    blueprints: Sequence[APIBlueprint],
    checks: Checks,
    tenants: Tenants | None = None,
    before: Callable[[], None] | None = None,
) -> OpenAPI:
    """`checks`: what this process needs to do its work now; each tells whether it is there.
    `before`: asked of each request, whatever it is, before the guard."""
    app = OpenAPI(
        service,
        info=Info(title=f"OCOP {service}", version="1"),
        validation_error_callback=_invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.request_class = StrictRequest
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.config[CONFIGURED] = settings
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # which methods there are is told below
    app.url_map.merge_slashes = False  # an address is right or it is none
    trace(app, service)
    keep(app)
    if before is not None:
        app.before_request(before)
    guard(app, tenants or Tenants.read(settings.tenants), verifier)
    health(app, checks, settings)
    _problems(app)
    for one in blueprints:
        app.register_api(one)
    describe(app)
    for endpoint in app.view_functions:
        if access_of(app, endpoint) is None:
            raise LookupError(f"{endpoint} does not say who may pass")
    return app


def health(app: Flask, checks: Checks, settings: Settings) -> None:
    """The doors that operators and Kubernetes ask. The numbers of a process that the public reaches
    are for those who bear its key."""

    @app.get("/health/live")
    @public(shared=False)
    def live() -> dict[str, bool]:
        return {"live": True}

    @app.get("/health/ready")
    @public(shared=False)
    def ready() -> tuple[dict[str, Any], int]:
        found = {name: check() for name, check in checks.items()}
        well = all(found.values())
        return {"ready": well, "checks": found}, 200 if well else 503

    @app.get("/metrics")
    @keyed()
    def numbers() -> Response:
        if isinstance(settings, DoorSettings):
            _need(settings.metrics_key)
        return Response(metrics.exposed(), content_type=CONTENT_TYPE_LATEST)


def _need(key: SecretStr | None) -> None:
    if key is None:
        raise NotFound("Không có địa chỉ này.", "There is no such address.")
    given = (bearer(request) or "").encode()
    if not compare_digest(given, key.get_secret_value().encode()):
        raise Unauthenticated("Cần khoá của mục này.", "The key of this address is needed.")


def trace(app: Flask, service: str) -> None:
    """Each request has an id, continues its caller's trace, is counted and leaves a line."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else str(uuid4())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        g.trace = continued(service, request.headers.get("traceparent"))
        g.trace.__enter__()
        if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and not request.headers.get("Host"):
            raise Unreadable("Yêu cầu HTTP/1.1 thiếu Host.", "An HTTP/1.1 request names its Host.")

    @app.after_request
    def answered(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        took = time.perf_counter() - g.began
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.answered(route, request.method, response.status_code, took)
        if not route.startswith(("/health", "/metrics")):
            log.info(
                "answered", method=request.method, path=request.path,
                status=response.status_code, ms=round(took * 1000, 1),
            )  # fmt: skip
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if (trace := g.pop("trace", None)) is not None:
            trace.__exit__(None, None, None)


def answer(problem: Problem, **more: Any) -> Response:
    """In the language that the caller would rather read, and in the other beside it."""
    first = request.accept_languages.best_match(Words._fields) or "vi"
    body = told_first_in(first, problem.as_json()) | more
    response: Response = current_app.response_class(
        current_app.json.dumps(body), problem.status, content_type=MEDIA_TYPE
    )
    response.content_language.add(first)
    response.vary.add("Accept-Language")
    response.cache_control.no_store = True
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _problems(app: Flask) -> None:
    app.register_error_handler(Problem, answer)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        return _invalid(error)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if isinstance(error, MethodNotAllowed):
            return methods(error)
        return answer(_of_status(error))

    @app.errorhandler(RecursionError)  # flask-openapi3 reads each field of a form as JSON
    def deep(_error: RecursionError) -> Response:
        return answer(BrokenJson("Nội dung lồng nhau quá sâu.", "This is nested too deep."))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.exception("failed", path=request.path)
        return answer(Failed())


def methods(error: MethodNotAllowed) -> Response:
    """Which there are: to who asks, and to who has taken another."""
    if request.method == "OPTIONS":
        response = Response(status=204)
        preflight(response)
    else:
        response = wrong_method()
    response.headers["Allow"] = ", ".join(sorted({*(error.valid_methods or ()), "OPTIONS"}))
    return response


def wrong_method() -> Response:
    return answer(WrongMethod("Địa chỉ này không nhận cách gọi đó.", "Not by this method."))


class Failed(Problem):
    status, slug = 500, "failed"
    title = Words("Lỗi của hệ thống", "The platform failed")

    def __init__(self) -> None:
        super().__init__(
            "Hệ thống gặp lỗi và đã ghi lại. Mời thử lại sau.",
            "The platform failed and has noted it. Please try again later.",
        )


class WrongMethod(Problem):
    status, slug = 405, "wrong-method"
    title = Words("Sai cách gọi", "Wrong method")


def _of_status(error: HTTPException) -> Problem:
    """What Flask itself refuses, in our form."""
    match error.code:
        case 404:
            return NotFound("Không có địa chỉ này.", "There is no such address.")
        case 413:
            return TooLarge("Nội dung gửi lên quá lớn.", "What was sent is too large.")
    problem = Problem("Yêu cầu chưa đúng.", error.description or "The request is not right.")
    problem.status = error.code or 400  # type: ignore[misc]
    return problem


def _invalid(error: ValidationError) -> Response:
    return answer(fields.refused(error))
