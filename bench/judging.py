"""A council of nine scores fifty products at the same time, closes, and each result is decided."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.measuring import Figure, p
from contracts.person import Person
from demo.cast import DISTRICT
from demo.choices import options
from demo.filing import SET, Filing, opened_round
from demo.judging import Council, Session
from demo.platform import Platform
from demo.telling import waited
from deploy.local.site import Site

MEMBERS, PRODUCTS, DECIDED = 9, 50, 40
AT_ONCE = 8
"""Options in one save."""
PACE_S = 0.45
"""Between two saves of one member, who is quick; nine of them give 20 a second."""


def measured(site: Site) -> Iterator[Figure]:
    platform = Platform(site.url("gateway"), site.url("portal"), site.folder, _no_operator)
    council = Council(platform, DISTRICT, "district", MEMBERS, help_team_first=False)
    filings = _filed(platform)
    packages = [council.package(one.dossier) for one in filings]
    session = council.convene(packages)
    session.open()
    saves = _scored(session)
    yield Figure("saves of nine members at 20 a second, p95", p(saves, 95), "ms", "< 50")
    yield Figure("sheets lost of 450", _lost(session), "", "0")
    began = time.monotonic()
    session.of(council.secretary).post(f"{session.path}/closing")
    yield Figure("closing and computing 50 products", time.monotonic() - began, "s", "< 2")
    session.of(council.chair).post(f"{session.path}/approval")
    yield from _decided(council, session, filings)


def _filed(platform: Platform) -> list[Filing]:
    round_id = opened_round(platform, DISTRICT, "qd148-2023")
    return [
        Filing(platform, DISTRICT, f"Món chấm thi{number}", DISTRICT.producer).filed(
            round_id, options(SET, 60, 3)
        )
        for number in range(PRODUCTS)
    ]


def sheet(place: int) -> Mapping[str, int]:
    """What the member at this place gives every product: all within the spread."""
    return options(SET, 60 + place, 3)


def _scored(session: Session) -> list[float]:
    """Milliseconds of each save, all members at once."""
    took: list[list[float]] = [[] for _ in session.council.people]
    failed: list[BaseException] = []

    def work(place: int, person: Person) -> None:
        try:
            for package in session.packages:
                took[place] += _one_sheet(session, person, package, sheet(place))
        except BaseException as error:
            failed.append(error)

    members = [
        threading.Thread(target=work, args=each) for each in enumerate(session.council.people)
    ]
    for one in members:
        one.start()
    for one in members:
        one.join()
    if failed:
        raise failed[0]
    return [one for of_member in took for one in of_member]


def _one_sheet(
    session: Session, person: Person, package: str, chosen: Mapping[str, int]
) -> Iterator[float]:
    codes = [*chosen]
    for first in range(0, len(codes), AT_ONCE):
        changes = [
            {"field": f"options.{code}", "was": None, "now": chosen[code]}
            for code in codes[first : first + AT_ONCE]
        ]
        began = time.perf_counter()
        session.of(person).patch(f"{session.path}/sheets/{package}", {"changes": changes})
        took = time.perf_counter() - began
        yield took * 1000
        time.sleep(max(0.0, PACE_S - took))
    session.lock(person, package)


def _lost(session: Session) -> int:
    """Of all sheets, those that are not as their member left them."""
    wanted = sorted(
        [{f"options.{code}": number for code, number in sheet(place).items()}
         for place in range(MEMBERS)], key=str,
    )  # fmt: skip
    lost = 0
    for package in session.packages:
        found = sorted((one["fields"] for one in session.scores(package)["sheets"]), key=str)
        lost += sum(one not in found for one in wanted)
    return lost


def _decided(council: Council, session: Session, filings: Sequence[Filing]) -> Iterator[Figure]:
    """Each by a decision of its own, until the public finds it."""
    secretary = session.of(council.secretary)
    results = secretary.get(f"{council.home}/results", session_id=session.id, limit=200)["items"]
    products = {one.product: one for one in filings}
    took = []
    for result in results[:DECIDED]:
        filing = products[result["facts"]["product_id"]]
        began = time.monotonic()
        council.decide([result["id"]])
        waited(lambda filing=filing: _listed(filing), "tìm thấy", "found")
        took.append(time.monotonic() - began)
    yield Figure("decision to searchable p50", p(took, 50), "s")
    yield Figure("decision to searchable p99", p(took, 99), "s", "< 2")


def _listed(filing: Filing) -> bool:
    path = f"/{filing.cast.tenant}/catalog/v1/products"
    page = filing.platform.get(path, q=filing.name, limit=5)
    return filing.product in {one["id"] for one in page["items"]}


def _no_operator(*words: str) -> Any:
    raise AssertionError("a bench has no operator")
