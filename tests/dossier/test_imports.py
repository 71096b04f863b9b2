"""The report's 108 products through the service's own doors."""

from collections import Counter

from contracts.dossier import EarlierAwardRecorded, ProducerRegistered, ProductRegistered
from tests.dossier.conftest import REPORT, told

VALID_TOTAL = {
    "long-xuyen": 12, "chau-doc": 13, "tan-chau": 8, "tinh-bien": 8, "cho-moi": 8, "tri-ton": 6,
    "chau-phu": 11, "phu-tan": 9, "thoai-son": 22, "chau-thanh": 3, "an-phu": 8,
}  # fmt: skip
"""Of each district, in appendix I of the report."""


def test_the_108_are_checked_without_a_trace(doors, database):
    answer = doors.send(REPORT.read_bytes(), REPORT.name, dry=True)
    assert answer.status_code == 200
    report = answer.json
    assert report["counts"] == {"rows": 108, "new": 108, "same": 0, "differs": 0, "wrong": 0}
    assert (report["id"], report["dry_run"], report["pending"]) == (None, True, 0)
    assert {(row["product_id"], row["state"]) for row in report["rows"]} == {(None, "checked")}
    assert database.list_collection_names(filter={"name": "acts"}) == ["acts"]
    assert database.acts.count_documents({}) == database.outbox.count_documents({}) == 0


def test_the_108_are_imported_into_their_districts(doors, database):
    answer = doors.send(
        REPORT.read_bytes(), REPORT.name,
        fields={"reported_on": "2023-12-31", "source": "Báo cáo năm 2023, phụ lục II"},
    )  # fmt: skip
    assert answer.status_code == 201
    report = answer.json
    assert report["counts"] == {"rows": 108, "new": 108, "same": 0, "differs": 0, "wrong": 0}
    assert Counter(row["district"] for row in report["rows"]) == VALID_TOTAL
    assert Counter((row["star"], row["potential"]) for row in report["rows"]) == {
        (5, None): 2, (4, 5): 3, (4, None): 7, (3, None): 96,
    }  # fmt: skip
    assert report["pending"] == 108
    assert {row["state"] for row in report["rows"]} == {"pending"}
    assert Counter(row["tenant"] for row in database.products.find()) == VALID_TOTAL
    assert Counter(row["tenant"] for row in database.earlier_awards.find()) == VALID_TOTAL
    assert database.producers.count_documents({}) == 79
    events = told()
    assert Counter(type(one.data) for one in events) == {
        ProducerRegistered: 79, ProductRegistered: 108, EarlierAwardRecorded: 108,
    }  # fmt: skip
    awards = [one.data.award for one in events if isinstance(one.data, EarlierAwardRecorded)]
    assert {(str(one.reported_on), one.source) for one in awards} == {
        ("2023-12-31", "Báo cáo năm 2023, phụ lục II")
    }
    products = [one.data.product for one in events if isinstance(one.data, ProductRegistered)]
    assert {one.set.basis for one in products} == {"assigned"}
