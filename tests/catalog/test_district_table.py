"""The table counted by the platform is the report's, cell for cell; nothing else changes it."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chassis.tenants import Tenants
from contracts.catalog import Listing
from contracts.event import Envelope
from tests.catalog.facts import certificate, hear, producer, product
from tests.conftest import ROOT

COUNTED = ("valid_total", "stars_5", "potential_5", "stars_4", "stars_3")
ENTERED = ("documents_issued", "certified_2023", "council_sessions_2023", "planned_2024")
REPORT = ROOT.parent / "shared" / "data" / "angiang-2023-district-table.csv"


def events(listing: Listing, number: int) -> Iterator[Envelope]:
    """What dossier and evaluation tell of one line of the list, after its import."""
    tenant = listing.place.tenant
    yield producer(number, listing.producer.name, tenant=tenant)
    yield product(number + 1, listing.name, of=number, tenant=tenant)
    yield certificate(
        number + 2, of=number + 1, star=listing.star, potential=listing.potential, tenant=tenant
    )


@pytest.fixture
def imported(database: Any, tenants: Tenants, listings: list[Listing]) -> None:
    told = [one for n, listing in enumerate(listings) for one in events(listing, 1000 + 3 * n)]
    for first in range(0, len(told), 50):
        hear(tenants, *told[first : first + 50])


@pytest.fixture
def table(http: Any, issuer: Any) -> Any:
    def read(tenant: str = "an-giang", as_of: str = "2023-12-31") -> dict[str, Any]:
        headers = issuer.header("catalog", tenant, "officer")
        answer = http.get(f"/t/{tenant}/v1/district-table?as_of={as_of}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    return read


def counted(table: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {
        (row["tenant"], column): row["cells"][column]["counted"]
        for row in table["rows"]
        for column in COUNTED
    }


def test_all_55_cells_are_the_reports(imported, table):
    shown = table()
    cells = [row["cells"][column] for row in shown["rows"] for column in COUNTED]
    assert len(cells) == 55
    assert [cell["counted"] for cell in cells] == [cell["reported"] for cell in cells]
    assert [shown["total"][column] for column in COUNTED] == [
        {"counted": number, "reported": number} for number in (108, 2, 3, 7, 96)
    ]


@pytest.mark.skipif(not REPORT.exists(), reason="the report's transcript is not part of the clone")
def test_its_figures_are_those_of_the_report_in_its_order(imported, table, tenants):
    with REPORT.open(encoding="utf-8", newline="") as lines:
        printed = list(csv.DictReader(lines))
    rows = table()["rows"]
    assert [tenants.get(row["tenant"]).unit.name for row in rows] == [
        line["district"].removeprefix("TP. ").removeprefix("TX. ") for line in printed
    ]
    for row, line in zip(rows, printed, strict=True):
        assert {name: str(row["cells"][name]["reported"]) for name in COUNTED} == {
            name: line[name] for name in COUNTED
        }
        assert {name: row["cells"][name]["entered"] for name in ENTERED} == {
            name: int(line[name]) if line[name] else None for name in ENTERED
        }


def test_blank_is_not_zero_and_what_cannot_be_counted_is_entered(imported, table):
    shown = table()
    (tinh_bien,) = (row for row in shown["rows"] if row["tenant"] == "tinh-bien")
    assert tinh_bien["cells"]["certified_2023"] == {"entered": None}
    assert shown["total"]["certified_2023"] == {"entered": 59}
    assert {one["name"]: one["basis"] for one in shown["columns"]} == (
        dict.fromkeys(COUNTED, "counted") | dict.fromkeys(ENTERED, "entered")
    )
    assert shown["as_of"] == shown["source"]["reported_on"] == "2023-12-31"


def test_a_demonstration_changes_no_cell_and_has_no_table(imported, table, tenants, http, issuer):
    before = table()
    practice = {"tenant": "huyen-mau"}
    hear(tenants, producer(7, **practice), product(8, of=7, **practice))
    hear(tenants, certificate(9, of=8, star=5, **practice))
    assert table() == before
    refused = http.get(
        "/t/tinh-mau/v1/district-table", headers=issuer.header("catalog", "tinh-mau", "officer")
    )
    assert (refused.status_code, refused.json["type"]) == (404, "urn:ocop:problem:not-found")


def test_what_is_certified_later_counts_later(imported, table, tenants):
    before = counted(table())
    hear(tenants, producer(7), product(8, of=7), certificate(9, of=8, day=date(2024, 5, 1)))
    assert counted(table()) == before
    later = counted(table(as_of="2024-05-01"))
    changed = {cell: number - before[cell] for cell, number in later.items()}
    assert {cell: more for cell, more in changed.items() if more} == {
        ("tri-ton", "valid_total"): 1, ("tri-ton", "stars_3"): 1,
    }  # fmt: skip
    assert set(counted(table(as_of="2023-12-30")).values()) == {0}


def test_a_product_counts_once_by_what_it_held_that_day(database, table, tenants):
    hear(tenants, producer(7), product(8, of=7))
    hear(tenants, certificate(9, of=8, day=date(2021, 1, 1), expires_on=date(2024, 1, 1)))
    hear(tenants, certificate(10, of=8, star=4, day=date(2023, 6, 1), expires_on=date(2026, 6, 1)))
    hear(tenants, certificate(11, of=8, star=5, day=date(2023, 7, 1)))
    hear(tenants, certificate(11, of=8, star=5, day=date(2023, 7, 1), annulled=True, version=2))

    def held(as_of: str) -> set[str]:
        return {column for (_, column), number in counted(table(as_of=as_of)).items() if number}

    assert held("2023-01-01") == {"valid_total", "stars_3"}
    assert held("2023-12-31") == {"valid_total", "stars_4"}
    assert held("2026-06-02") == set()


def test_what_was_taken_back_is_counted_nowhere(imported, table, tenants):
    before = counted(table())
    hear(tenants, producer(7), product(8, of=7), certificate(9, of=8))
    assert counted(table()) != before
    hear(tenants, product(8, of=7, withdrawn=True, version=2))
    assert counted(table()) == before


def test_a_district_has_its_own_row_alone(imported, table):
    (row,) = table("tri-ton")["rows"]
    assert (row["tenant"], row["cells"]["valid_total"]) == (
        "tri-ton",
        {"counted": 6, "reported": 6},
    )


def test_what_the_province_lists_itself_has_a_row_of_its_own(imported, table, tenants):
    own = {"tenant": "an-giang"}
    hear(tenants, producer(7, **own), product(8, of=7, **own), certificate(9, of=8, **own))
    shown = table()
    assert [row["tenant"] for row in shown["rows"]][-1] == "an-giang"
    assert shown["rows"][-1]["cells"]["valid_total"] == {"counted": 1, "reported": None}
    assert shown["total"]["valid_total"] == {"counted": 109, "reported": 108}


def test_a_day_that_is_none_is_told(http, issuer):
    answer = http.get(
        "/t/an-giang/v1/district-table?as_of=31/12/2023",
        headers=issuer.header("catalog", "an-giang", "officer"),
    )
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "as_of")
