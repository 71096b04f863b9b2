"""The pages: search, a product, the check of a certificate. Each works without a script, and says
what to do when it cannot answer."""

import gzip
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
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
from chassis.problems import NotFound, Problem, Unprocessable
from chassis.settings import CONFIGURED, read
from chassis.tenants import Tenants
from contracts.catalog import ListedPlace
from contracts.tenant import Unit
from portal import facets, pictures, structured, words
from portal.assets import Assets
from portal.catalog import Catalog
from portal.certificates import Certificates
from portal.gateway import Gateway
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
ROBOTS = "User-agent: *\nDisallow: /goi-y\nDisallow: /t/*/goi-y\nSitemap: {sitemap}\n"
MOST_IN_A_SITEMAP = 50_000
"""Addresses in one file, as sitemaps.org has it."""
WORTH_PACKING = 1_000  # bytes


def create_app() -> Flask:
    settings = read(Settings)
    log.configure("portal", settings)
    gateway = Gateway(
        settings.gateway, connect_s=settings.connect_s, answer_s=settings.answer_s,
        threads=settings.threads,
    )  # fmt: skip
    app = Flask("portal", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config[CONFIGURED] = settings
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    trace(app, "portal")
    health(app, {}, settings)  # without the gateway it still has something to say
    _frame(app, Tenants.read(settings.tenants), settings)
    _answers(app)
    _pages(app, Catalog(gateway), Certificates(gateway), settings.tenant)
    _assets(app, Assets())
    _for_search_engines(app, Catalog(gateway), settings.tenant)
    _problems(app)
    return app


def _pages(app: Flask, catalog: Catalog, certificates: Certificates, tenant: str) -> None:
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
            "product.html", product=found, data=structured.product(found, public_address()),
            motifs=[pictures.motif_of(found.set)],
        )  # fmt: skip

    @app.get("/giay-chung-nhan", defaults=at_home)
    @app.get("/t/<tenant>/giay-chung-nhan")
    def certificate(tenant: str) -> tuple[str, int]:
        """Where the code on a certificate leads. What was typed stays in its box, found or not."""
        number = request.args.get("number", "").strip()
        found, problem = None, None
        try:
            found = certificates.check(tenant, number, _client()) if number else None
        except (NotFound, Unprocessable) as refused:
            problem = refused
        page = render_template("certificate.html", number=number, found=found, problem=problem)
        return page, problem.status if problem else 200

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


def this_address(language: str = "") -> str:
    """Of this page, without what sharing added; in one language or the other."""
    values = g.search.address | (request.view_args or {})
    if number := request.args.get("number"):
        values["number"] = number
    lang = "en" if (language or words.language()) == "en" else None
    return current_app.url_for(request.endpoint or "search", **values, lang=lang)


def public_address(language: str = "") -> str:
    """The same, whole, as the public knows it."""
    return f"{g.address}{this_address(language)}"


def _client() -> str:
    """Whoever asks, behind those who passed it on."""
    before = request.headers.get("X-Forwarded-For")
    return ", ".join(one for one in (before, request.remote_addr) if one)


def _frame(app: Flask, tenants: Tenants, settings: Settings) -> None:
    """What every page has: whose it is, what is typed in its search box, its language."""

    @app.before_request
    def begin() -> None:
        g.search = Search.of(request.args)
        g.tenant = tenants.get(settings.tenant)
        g.address = settings.address or request.url_root.rstrip("/")
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
    def unit_of(slug: str) -> Unit | None:
        return tenants.get(slug).unit if slug in tenants else None

    @app.template_global()
    def unit_name(place: ListedPlace) -> str:
        return words.word(tenants.get(place.tenant).name) if place.tenant in tenants else place.unit

    for helper in (
        this_address, public_address,
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

    @app.template_global()
    def asset_at(name: str) -> str:
        return app.url_for("asset", name=assets.named[name])


def _for_search_engines(app: Flask, catalog: Catalog, tenant: str) -> None:
    """What is worth being found: the first page and every listed product of the tenant at home. A
    demonstration's pages say themselves that they are not."""

    @app.get("/robots.txt")
    def robots() -> Response:
        sitemap = f"{g.address}{app.url_for('sitemap')}"
        return Response(ROBOTS.format(sitemap=sitemap), mimetype="text/plain")

    @app.get("/sitemap.xml")
    def sitemap() -> Response:
        products = islice(catalog.listed(tenant, _client()), MOST_IN_A_SITEMAP - 1)
        paths = [app.url_for("search", tenant=tenant)]
        paths += [app.url_for("product", tenant=tenant, id=one.id) for one in products]
        page = render_template("sitemap.xml", addresses=[g.address + path for path in paths])
        return Response(page, mimetype="application/xml")


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
