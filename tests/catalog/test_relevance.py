"""How well the search answers a graded set of queries, in seven classes of ours.

A product of a `best` name weighs 2, of a `good` name 1. Run with -s for the figures.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import mean

import pytest

from chassis.scope import Scope, entered
from chassis.tenants import Tenants
from contracts.catalog import Listing
from rules.vietnamese import folded
from services.catalog.adapters.search import SearchIndex
from services.catalog.application.search import find_products
from services.catalog.domain.query import Mark, ProductQuery

GRADED = Path(__file__).with_name("graded-queries.csv")
DEPTH = 10
LEAST = {
    "exact": 0.95, "none": 0.95, "tone": 0.95, "typo": 0.9, "regional": 0.9, "place": 0.95,
    "spelled": 0.95,
}  # fmt: skip


@dataclass(frozen=True)
class Graded:
    kind: str
    query: str
    grades: dict[str, int]


def graded() -> list[Graded]:
    with GRADED.open(encoding="utf-8", newline="") as lines:
        return [
            Graded(
                row["class"],
                row["query"],
                {name: 1 for name in row["good"].split("|") if name}
                | {name: 2 for name in row["best"].split("|")},
            )
            for row in csv.DictReader(lines)
        ]


def gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(rank + 2) for rank, grade in enumerate(grades[:DEPTH]))


@dataclass
class Measured:
    ndcg: float
    reciprocal_rank: float
    nothing: bool


def measure(index: SearchIndex, listings: list[Listing], one: Graded, query: str) -> Measured:
    answer = find_products(index, ProductQuery(q=query), DEPTH, Mark())
    grades = [one.grades.get(found.name, 0) for found in answer.found.listings]
    ideal = sorted((one.grades.get(known.name, 0) for known in listings), reverse=True)
    first = next((1 / rank for rank, grade in enumerate(grades, 1) if grade == 2), 0.0)
    return Measured(gain(grades) / gain(ideal), first, not grades)


@pytest.fixture(autouse=True)
def province(tenants: Tenants) -> Iterator[None]:
    with entered(Scope("an-giang", "tester", tenants.below("an-giang"))):
        yield


def test_every_graded_name_is_a_product(listings: list[Listing]) -> None:
    names = {one.name for one in listings}
    assert {name for one in graded() for name in one.grades} - names == set()


def test_each_class_is_answered_well(index: SearchIndex, listings: list[Listing]) -> None:
    by_kind: dict[str, list[Measured]] = defaultdict(list)
    for one in graded():
        measured = measure(index, listings, one, one.query)
        by_kind[one.kind].append(measured)
        if measured.ndcg < 0.9:
            print(f"{one.query}: nDCG@{DEPTH} {measured.ndcg:.2f}")
    for kind, those in by_kind.items():
        print(
            f"{kind:9} {len(those):3} queries  nDCG@{DEPTH} {mean(one.ndcg for one in those):.3f}"
            f"  MRR {mean(one.reciprocal_rank for one in those):.3f}"
            f"  nothing {mean(one.nothing for one in those):.2f}"
        )
    assert {
        kind: mean(one.ndcg for one in those) >= LEAST[kind] for kind, those in by_kind.items()
    } == dict.fromkeys(LEAST, True)
    assert not any(one.nothing for those in by_kind.values() for one in those)


def test_without_diacritics_it_is_answered_as_well_as_with(
    index: SearchIndex, listings: list[Listing]
) -> None:
    typed = [one for one in graded() if one.kind in ("exact", "regional", "place")]
    accented = mean(measure(index, listings, one, one.query).ndcg for one in typed)
    plain = mean(measure(index, listings, one, folded(one.query)).ndcg for one in typed)
    print(f"without / with diacritics: {plain:.3f} / {accented:.3f} = {plain / accented:.3f}")
    assert plain / accented >= 0.95
