"""A gateway of the tests, over real HTTP: the catalogue's public routes on the project's own list.

It answers in the contract's models, knows no engine, and can be told to fail.
    python -m tests.portal.stand_in 8000
"""

import csv
import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from chassis.tenants import Tenants
from contracts.catalog import Listing
from rules.product_sets import PRODUCT_SETS
from rules.vietnamese import folded

ROOT = Path(__file__).parents[2]
LIST = ROOT / "data" / "an-giang-2023-products.csv"
SETS = {
    "gạo": 3, "mật": 4, "đường": 4, "trà": 12, "rượu": 14, "mắm": 9, "tương": 9, "khô": 8,
    "lạp xưởng": 8, "chả": 8, "sấy": 7, "mứt": 7, "xoài": 1, "bưởi": 1, "rau": 1, "cải": 1,
    "nấm": 20, "tranh": 21, "sà rông": 22, "khoáng": 16, "siro": 17, "bánh": 6, "muối": 10,
}  # fmt: skip
ABBREVIATED = {"tp.lx": "long-xuyen", "thoai son": "thoai-son"}


def listings(tenants: Tenants) -> Iterator[Listing]:
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield listing(row, tenants)


def listing(row: dict[str, str], tenants: Tenants) -> Listing:
    potential, _, star = row["list"].rpartition("-")
    name = row["product"].lower()
    number = next((number for part, number in SETS.items() if part in name), None)
    where = district(row["address"], tenants)
    return Listing.model_validate({
        "id": str(uuid5(NAMESPACE_URL, "/".join(row.values()))),
        "revision": 1,
        "listed": True,
        "name": row["product"],
        "producer": {"id": str(uuid5(NAMESPACE_URL, row["producer"])), "name": row["producer"]},
        "place": {
            "address": row["address"], "tenant": where, "unit": tenants.get(where).unit.name,
            "province": "an-giang",
        },
        "set": {"number": number, "basis": "assigned"} if number else None,
        "star": int(star) - bool(potential),
        "potential": int(star) if potential else None,
        "certificate": {
            "id": str(uuid5(NAMESPACE_URL, "certificate/" + "/".join(row.values()))),
            "origin": "imported", "reported_on": "2023-12-31",
            "source": "Danh sách sản phẩm OCOP được chứng nhận của tỉnh An Giang năm 2023",
        },
    })  # fmt: skip


def district(address: str, tenants: Tenants) -> str:
    """The district named last in it."""
    text = folded(address)
    names = {folded(one.unit.name): one.slug for one in tenants.children("an-giang")}
    places = {text.rfind(name): slug for name, slug in (names | ABBREVIATED).items()}
    return places[max(places)]


class StandIn:
    """`failing`, `said`: the status, or the body, that every route answers. While `go_on` is not
    set it says nothing."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self.go_on = threading.Event()
        self.begin_anew()
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.address = f"http://127.0.0.1:{self._server.port}"

    def begin_anew(self) -> None:
        self.listings = {one.id: one for one in listings(self._tenants)}
        self.failing: int | None = None
        self.said: object = None
        self.certificates: dict[str, dict[str, Any]] = {}
        self.callers: list[str] = []
        self.go_on.set()

    def named(self, name: str) -> Listing:
        return next(one for one in self.listings.values() if one.name == name)

    def change(self, name: str, /, **fields: Any) -> Listing:
        """Another listing in the place of that of this name."""
        one = self.named(name).model_copy(update=fields)
        self.listings[one.id] = one
        return one

    @contextmanager
    def serving(self) -> Iterator["StandIn"]:
        thread = threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True)
        thread.start()
        yield self
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        thread.join()

    def _app(self) -> Flask:
        app = Flask("stand-in")

        @app.before_request
        def fail() -> Response | None:
            self.callers.append(request.headers.get("X-Forwarded-For", ""))
            self.go_on.wait()
            if self.said is not None:
                return jsonify(self.said)
            return refused(self.failing) if self.failing else None

        @app.get("/t/<tenant>/catalog/v1/products")
        def search(tenant: str) -> Response:
            if len(request.args.get("q", "")) > 200:
                return refused(422)
            if request.args.get("cursor") == "ended":
                return refused(410, "cursor-ended")
            return jsonify(self._search(tenant))

        @app.get("/t/<tenant>/catalog/v1/products/<id>")
        def product(tenant: str, id: str) -> Response:
            found = self.listings.get(id)
            if found is None or found.place.tenant not in self._reach(tenant):
                return refused(404, vi="Không tìm thấy.", en="Not found.")
            if not found.listed:
                return refused(404, "not-listed")
            number = found.set.number if found.set else None
            label = PRODUCT_SETS[number]._asdict() if number else None
            return jsonify(found.model_dump(mode="json") | {"set_label": label})

        @app.get("/t/<tenant>/catalog/v1/snapshot")
        def snapshot(tenant: str) -> Response:
            reach = self._reach(tenant)
            found = [one for one in self.listings.values() if one.place.tenant in reach]
            head = {"stream": "catalog.public", "sequence": 1, "count": len(found)}
            lines = [json.dumps(head), *(one.model_dump_json(exclude_none=True) for one in found)]
            return Response("\n".join(lines) + "\n", content_type="application/x-ndjson")

        @app.get("/t/<tenant>/evaluation/v1/certificate-checks")
        def check(tenant: str) -> Response:
            number = request.args["number"]
            if "/" not in number:
                return refused(422)
            if number not in self.certificates:
                return refused(404, vi="Không tìm thấy.", en="Not found.")
            return jsonify(self.certificates[number])

        @app.get("/t/<tenant>/catalog/v1/suggestions")
        def suggestions(tenant: str) -> Response:
            wanted = folded(request.args["q"])
            names = {one.name: one.id for one in self._listed(tenant) if wanted in folded(one.name)}
            makers = {m for one in self._listed(tenant) if wanted in folded(m := one.producer.name)}
            items = [{"text": text, "id": id} for text, id in names.items()][:6]
            return jsonify(
                {"items": items + [{"text": one, "id": None} for one in sorted(makers)[:2]]}
            )

        return app

    def _reach(self, tenant: str) -> frozenset[str]:
        return self._tenants.below(tenant) | {tenant}

    def _listed(self, tenant: str) -> list[Listing]:
        reach = self._reach(tenant)
        return [one for one in self.listings.values() if one.listed and one.place.tenant in reach]

    def _search(self, tenant: str) -> dict[str, Any]:
        words = folded(request.args.get("q", "")).split()
        said = [
            one for one in self._listed(tenant)
            if all(w in folded(f"{one.name} {one.producer.name} {one.place.unit}") for w in words)
        ]  # fmt: skip
        wanted = {facet: request.args.getlist(facet) for facet in FACETS}
        found = [one for one in said if chosen(one, wanted)]
        start, limit = int(request.args.get("cursor", 0)), int(request.args["limit"])
        more = start + limit < len(found)
        return {
            "total": len(found),
            "items": [one.model_dump(mode="json") for one in found[start : start + limit]],
            "facets": {
                facet: self._choices(facet, [
                    one for one in said if chosen(one, wanted | {facet: []})
                ])
                for facet in FACETS
            },
            "next": str(start + limit) if more else None,
            "corrected": written(request.args.get("q", ""), found),
        }  # fmt: skip

    def _choices(self, facet: str, found: list[Listing]) -> list[dict[str, Any]]:
        counts = Counter(FACETS[facet](one) for one in found)
        counts.pop(None, None)
        return [
            {"value": value, "label": self._label(facet, value), "count": count}
            for value, count in counts.most_common()
        ]

    def _label(self, facet: str, value: Any) -> dict[str, str] | None:
        match facet:
            case "district":
                return self._tenants.get(value).name.model_dump()
            case "set":
                return PRODUCT_SETS[value]._asdict()
        return None


FACETS = {
    "star": lambda one: one.star,
    "potential": lambda one: one.potential,
    "district": lambda one: one.place.tenant,
    "set": lambda one: one.set and one.set.number,
}


def written(q: str, found: list[Listing]) -> str | None:
    """As the first name writes it that has these words."""
    for name in (one.name.lower() for one in found):
        start = folded(name).find(folded(q))
        if q and start >= 0:
            as_written = name[start : start + len(folded(q))]
            return as_written if as_written != q else None
    return None


def chosen(one: Listing, wanted: dict[str, list[str]]) -> bool:
    return all(not values or str(FACETS[facet](one)) in values for facet, values in wanted.items())


def refused(status: int, slug: str = "refused", vi: str = "", en: str = "") -> Response:
    response = jsonify({
        "type": f"urn:ocop:problem:{slug}", "status": status,
        "title": "Không làm được", "detail": vi or f"Lý do số {status}.",
        "en": {"title": "Not done", "detail": en or f"Reason {status}."},
        "errors": [{"field": "q", "vi": "quá dài", "en": "too long"}] if status == 422 else [],
    })  # fmt: skip
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


if __name__ == "__main__":
    one = StandIn(Tenants.read(ROOT / "deploy" / "tenants" / "tenants.yaml"))
    with one.serving():
        sys.stdout.write(f"{one.address}\n")
        sys.stdout.flush()
        threading.Event().wait()
