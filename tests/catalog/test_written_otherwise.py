"""Names with letters and figures, apostrophes, i and y: found however they are written."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.catalog.adapters.search import SearchIndex
from tests.catalog.listings import listing

NAMES = (
    "Gạo ST25", "Gạo ST 24", "Gạo OM-5451", "Gạo OM 5415", "Gạo số 25",
    "Nước mắm 500 ml", "Nước mắm 250ml", "Mắm 1.000 ml", "Rượu N 12 5",
    "Trà xanh 3in1", "Trà xanh 4 in 1", "Cà phê Đ'ran", "Thổ cẩm H’Mông", "Rượu cần Ba Na",
    "Cà phê Bu-ôn Ma Thuột", "Tỏi Lý Sơn", "Bánh Mĩ Lồng", "Mộc kỹ nghệ", "Muối Quí",
    "Kẹo tay", "Kẹo tai", "Bò thúi", "Bò Thúy", "Trà hoa cúc",
)  # fmt: skip


@pytest.fixture(scope="module")
def door(
    new_index: Callable[[], SearchIndex], door_to: Callable[[SearchIndex], FlaskClient]
) -> FlaskClient:
    index = new_index()
    index.prepare()
    for name in NAMES:
        address = "ấp 25, xã Mẫu" if "24" in name else "xã Mẫu"
        index.index([listing(name, "tri-ton", "Huyện Tri Tôn", address=address)])
    index.count()
    return door_to(index)


def ask(door: FlaskClient, q: str) -> Any:
    answer = door.get("/t/an-giang/v1/products", query_string={"q": q})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def names(found: Any) -> list[str]:
    return [one["name"] for one in found["items"]]


WAYS = [
    ("Gạo ST25", ("ST 25", "ST25", "st-25", "gao st25", "gạo ST 25", "ＳＴ２５", "S\u200bT25")),
    ("Gạo OM-5451", ("OM5451", "om 5451", "OM-5451", "OM–5451", "gạo om.5451")),
    ("Gạo OM 5415", ("OM5415", "om-5415")),
    ("Nước mắm 500 ml", ("500ml", "500 ml", "500㎖", "nuoc mam 500ML")),
    ("Mắm 1.000 ml", ("1000ml", "1.000 ml", "1 000 ml", "mắm 1,000ml")),
    ("Rượu N 12 5", ("N12 5", "N 12.5", "n12/5", "N125", "ruou n 12 5")),
    ("Trà xanh 3in1", ("3in1", "trà xanh 3 in 1", "tra xanh 3in 1", "3-in-1")),
    ("Cà phê Đ'ran", ("Đran", "Đ ran", "Đ’ran", "Đʼran", "Đ′Ran", "ð'ran", "d'ran")),
    ("Thổ cẩm H’Mông", ("Hmông", "H'Mông", "h mong", "hʻmông", "HMÔNG")),
    ("Rượu cần Ba Na", ("Bana", "Ba-na", "ba na", "BaNa")),
    ("Cà phê Bu-ôn Ma Thuột", ("Buôn Ma Thuột", "buon-ma-thuot", "bu ôn ma thuột")),
    ("Tỏi Lý Sơn", ("lí sơn", "ly son", "li son", "LÝ SƠN")),
    ("Bánh Mĩ Lồng", ("mỹ lồng", "my long", "mĩ lồng")),
    ("Mộc kỹ nghệ", ("kĩ nghệ", "ky nghe")),
    ("Muối Quí", ("quý", "muối qui", "quí")),
    ("Trà hoa cúc", ("tr\u200bà ho\u00ada c\u2060úc", "tra ho\ufeffa cuc")),
]


@pytest.mark.parametrize(("name", "q"), [(name, q) for name, ways in WAYS for q in ways])
def test_a_name_is_found_alone_however_it_is_written(door: FlaskClient, name: str, q: str) -> None:
    found = ask(door, q)
    assert (names(found), found["missing"]) == ([name], [])
    assert ask(door, name)["corrected"] is None


@pytest.mark.parametrize(
    "q", ["ST26", "gạo ST 26", "OM5452", "OM 5514", "700ml", "nước mắm 50 ml", "5in1", "N 12 6"]
)
def test_another_figure_is_another_product(door: FlaskClient, q: str) -> None:
    assert names(ask(door, q)) == []


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("thúy", ["Bò Thúy"]),
        ("thúi", ["Bò thúi"]),
        ("kẹo tay", ["Kẹo tay"]),
        ("kẹo tai", ["Kẹo tai"]),
    ],
)
def test_i_and_y_stay_two_where_they_are_two_sounds(
    door: FlaskClient, q: str, expected: list[str]
) -> None:
    assert names(ask(door, q)) == expected


def test_a_figure_of_an_address_is_not_that_of_a_name(door: FlaskClient) -> None:
    """Gạo ST 24 lies in ấp 25."""
    assert names(ask(door, "gạo ST 25")) == ["Gạo ST25"]
    assert names(ask(door, "gạo ấp 25")) == ["Gạo ST 24"]


@pytest.mark.parametrize(
    ("q", "corrected"),
    [
        ("gao st25", "gạo st25"),
        ("gao om 5451", "gạo om-5451"),
        ("tra xanh 3 in 1", "trà xanh 3in1"),
        ("Bana", "ba na"),
        ("hmong", "h’mông"),
        ("toi ly son", "tỏi lý sơn"),
        ("tỏi lí sơn", None),
        ("ST 25", None),
        ("OM5451", None),
    ],
)
def test_the_names_own_way_is_proposed(door: FlaskClient, q: str, corrected: str | None) -> None:
    assert ask(door, q)["corrected"] == corrected


def test_words_that_were_left_out_are_told(door: FlaskClient) -> None:
    found = ask(door, "nước mắm hú")
    assert sorted(names(found)) == ["Nước mắm 250ml", "Nước mắm 500 ml"]
    assert found["missing"] == ["hú"]
    assert ask(door, "nước mắm")["missing"] == []


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("ST2", ["Gạo ST 24", "Gạo ST25"]),
        ("ST 25", ["Gạo ST25"]),
        ("om545", ["Gạo OM-5451"]),
        ("500m", ["Nước mắm 500 ml"]),
        ("3i", ["Trà xanh 3in1"]),
        ("đr", ["Cà phê Đ'ran"]),
        ("Đ’r", ["Cà phê Đ'ran"]),
        ("hmô", ["Thổ cẩm H’Mông"]),
        ("h'm", ["Thổ cẩm H’Mông"]),
        ("bana", ["Rượu cần Ba Na"]),
        ("lí s", ["Tỏi Lý Sơn"]),
        ("mỹ l", ["Bánh Mĩ Lồng"]),
        ("thúy", ["Bò Thúy"]),
    ],
)
def test_it_is_suggested_however_it_is_written(
    door: FlaskClient, q: str, expected: list[str]
) -> None:
    answer = door.get("/t/an-giang/v1/suggestions", query_string={"q": q})
    assert sorted(one["text"] for one in answer.get_json()["items"]) == sorted(expected)
