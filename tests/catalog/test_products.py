"""One product's page: its record, which is never behind the index."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.catalog.facts import an_id, certificate, hear, producer, product


@pytest.fixture(autouse=True)
def history(database, tenants):
    hear(tenants, producer(), product(), certificate(star=4, potential=5))
    hear(tenants, product(12), certificate(13, of=12), product(22))
    of = {"tenant": "huyen-mau"}
    hear(tenants, producer(40, **of), product(41, of=40, **of), certificate(42, of=41, **of))
    hear(tenants, product(12, withdrawn=True, version=2))


def read(http: FlaskClient, id: str, tenant: str = "an-giang") -> tuple[int, Any]:
    answer = http.get(f"/t/{tenant}/v1/products/{id}")
    return answer.status_code, answer.get_json()


def test_it_is_told_with_what_is_not_known(http: FlaskClient) -> None:
    status, told = read(http, an_id(2))
    assert status == 200
    assert told | {"place": None} == {
        "id": an_id(2),
        "revision": 1,
        "listed": True,
        "name": "Gạo A",
        "producer": {"id": an_id(1), "name": "Cơ sở A"},
        "place": None,
        "set": None,
        "set_label": None,
        "star": 4,
        "potential": 5,
        "unit_name": "Huyện Tri Tôn",
        "certificate": {
            "id": an_id(3),
            "origin": "imported",
            "number": None,
            "decided_on": None,
            "expires_on": None,
            "reported_on": "2023-12-31",
            "source": told["certificate"]["source"],
        },
        "today": None,
    }


def test_what_is_no_longer_listed_says_so(http: FlaskClient) -> None:
    status, problem = read(http, an_id(12))
    assert (status, problem["type"]) == (404, "urn:ocop:problem:not-listed")
    assert problem["detail"] == "Sản phẩm này không còn được công bố."


@pytest.mark.parametrize("id", [an_id(22), an_id(999)])
def test_what_was_never_shown_is_not_there(http: FlaskClient, id: str) -> None:
    status, problem = read(http, id)
    assert (status, problem["type"]) == (404, "urn:ocop:problem:not-found")


@pytest.mark.parametrize("tenant", ["chau-doc", "tinh-mau", "huyen-mau"])
def test_another_tenants_is_not_there(http: FlaskClient, tenant: str) -> None:
    for id in (an_id(2), an_id(12)):
        status, problem = read(http, id, tenant)
        assert (status, problem["type"]) == (404, "urn:ocop:problem:not-found")


def test_a_demonstrations_is_there_for_its_own_tenants_alone(http: FlaskClient) -> None:
    assert [read(http, an_id(41), one)[0] for one in ("tinh-mau", "huyen-mau")] == [200, 200]
    assert [read(http, an_id(41), one)[0] for one in ("an-giang", "tri-ton")] == [404, 404]


@pytest.mark.parametrize("id", ["x", "$ne", "0" * 36 + "0", "%00"])
def test_what_is_no_id_is_refused(http: FlaskClient, id: str) -> None:
    assert read(http, id)[0] == 422


def test_ready_needs_an_index(http: FlaskClient) -> None:
    answer = http.get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"mongodb": True, "elasticsearch": False}
    assert http.get("/t/an-giang/v1/products").status_code == 503
