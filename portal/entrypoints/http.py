"""The pages: search, and a product. Each works without a script, and says what to do when it cannot
answer."""

import gzip
from typing import Any
from uuid import UUID

import structlog
from flask import (
    Flask,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from chassis import log
from chassis.http.app import answer, health, trace
from chassis.problems import NotFound, Problem
from chassis.settings import read
from chassis.tenants import Tenants
from contracts.catalog import ListedPlace
from contracts.tenant import Unit
from portal import facets, pictures, structured, words
from portal.assets import Assets
from portal.catalog import Catalog
from portal.problems import Failed
from portal.search import Search
from portal.settings import Settings

logger = structlog.get_logger(__name__)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
A_YEAR = "public, max-age=31536000, immutable"
ROBOTS = "User-agent: *\nDisallow: /goi-y\nDisallow: /t/*/goi-y\n"
WORTH_PACKING = 1_000  # bytes


def create_app() -> Flask:
    settings = read(Settings)
    log.configure("portal", settings)
    catalog = Catalog(
        settings.gateway, connect_s=settings.connect_s, answer_s=settings.answer_s,
        threads=settings.threads,
    )  # fmt: skip
    app = Flask("portal", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    trace(app, "portal")
    health(app, {}, settings)  # without the gateway it still has something to say
    _frame(app, Tenants.read(settings.tenants), settings.tenant)
    _answers(app)
    _pages(app, catalog, settings.tenant)
    _assets(app, Assets())
    _problems(app)
    return app


def _pages(app: Flask, catalog: Catalog, tenant: str) -> None:
    at_home = {"tenant": tenant}

    @app.get("/", defaults=at_home)
    @app.get("/t/<tenant>")
    def search(tenant: str) -> str:
        found = catalog.search(tenant, g.search.question, _client())
        return render_template(
            "search.html", results=found, facets=facets.of(found, g.search),
            motifs=pictures.motifs(found),
        )  # fmt: skip

    @app.get("/san-pham/<uuid:id>", defaults=at_home)
    @app.get("/t/<tenant>/san-pham/<uuid:id>")
    def product(tenant: str, id: UUID) -> str:
        found = catalog.product(tenant, str(id), _client())
        return render_template(
            "product.html", product=found, data=structured.product(found),
            motifs=[pictures.motif_of(found.set)],
        )  # fmt: skip

    @app.get("/goi-y", defaults=at_home)
    @app.get("/t/<tenant>/goi-y")
    def suggest(tenant: str) -> Response:
        """For the script: what might be meant, and where each leads."""
        found = catalog.suggestions(tenant, g.search.q, _client()) if g.search.q else []
        return jsonify([
            {
                "text": one.text,
                "at": app.url_for("product", id=one.id)
                if one.id
                else app.url_for("search", q=one.text),
            }
            for one in found
        ])  # fmt: skip


def _client() -> str:
    """Whoever asks, behind those who passed it on."""
    before = request.headers.get("X-Forwarded-For")
    return ", ".join(one for one in (before, request.remote_addr) if one)


def _frame(app: Flask, tenants: Tenants, at_home: str) -> None:
    """What every page has: whose it is, what is typed in its search box, its language."""

    @app.before_request
    def begin() -> None:
        g.search = Search.of(request.args)
        g.tenant = tenants.get(at_home)
        if named := (request.view_args or {}).get("tenant"):
            g.tenant = tenants.get(named)

    @app.url_defaults
    def stay(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "tenant"):
            values.setdefault("tenant", g.tenant.slug)
            if words.language() == "en":
                values.setdefault("lang", "en")

    @app.context_processor
    def known() -> dict[str, Any]:
        return {"tenant": g.tenant, "search": g.search, "language": words.language()}

    @app.template_global()
    def this_address(*, other_language: bool = False) -> str:
        values = g.search.address | (request.view_args or {})
        english = (words.language() == "en") is not other_language
        return app.url_for(request.endpoint or "search", **values, lang="en" if english else None)

    @app.template_global()
    def unit_of(slug: str) -> Unit | None:
        return tenants.get(slug).unit if slug in tenants else None

    @app.template_global()
    def unit_name(place: ListedPlace) -> str:
        return words.word(tenants.get(place.tenant).name) if place.tenant in tenants else place.unit

    for helper in (
        words.say, words.word, words.day, words.number,
        pictures.motif, pictures.motif_of, pictures.ground,
    ):  # fmt: skip
        app.add_template_global(helper)


def _answers(app: Flask) -> None:
    """What every answer has, be it a page or not."""

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.update(HEADERS)
        if response.location:  # a proxy before us has another name and scheme
            response.location = response.location.removeprefix(request.host_url.rstrip("/"))
        if response.mimetype == "text/html" and response.content_length > WORTH_PACKING:
            response.vary.add("Accept-Encoding")
            if request.accept_encodings.quality("gzip"):
                response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
                response.content_encoding = "gzip"
        return response


def _assets(app: Flask, assets: Assets) -> None:
    @app.get("/static/<name>")
    def asset(name: str) -> Response:
        found = assets.served.get(name)
        if found is None:
            abort(404)
        packed = request.accept_encodings.quality("gzip") > 0
        response = make_response(found.gzipped if packed else found.plain)
        response.content_type = found.content_type
        response.headers["Cache-Control"] = A_YEAR
        response.vary.add("Accept-Encoding")
        if packed:
            response.content_encoding = "gzip"
        return response

    @app.get("/favicon.ico")
    def favicon() -> Any:
        """Asked for by what does not read the page's own link."""
        return redirect(asset_at("icon.svg"))

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(ROBOTS, mimetype="text/plain")

    @app.template_global()
    def asset_at(name: str) -> str:
        return app.url_for("asset", name=assets.named[name])


def _problems(app: Flask) -> None:
    @app.errorhandler(Problem)
    def page(problem: Problem) -> Response | tuple[str, int]:
        if request.endpoint in ("suggest", "numbers"):
            return answer(problem)
        return render_template("problem.html", problem=problem), problem.status

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Any:
        if error.code == 404:
            return page(NotFound("Không có trang ở địa chỉ này.", "There is no page here."))
        problem = Problem("Yêu cầu này chưa đúng.", "This request is not right.")
        problem.status = error.code or 400  # type: ignore[misc]
        response = make_response(page(problem))
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())
        return response

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        logger.exception("failed", path=request.path)
        return page(Failed())
