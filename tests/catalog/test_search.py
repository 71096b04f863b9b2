"""What the public finds among the 108 products of the report."""

import unicodedata
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts.catalog import Listing
from rules.vietnamese import collated, key

PRODUCTS = "/t/an-giang/v1/products"


def search(door: FlaskClient, q: str = "", tenant: str = "an-giang", **wanted: Any) -> Any:
    answer = door.get(f"/t/{tenant}/v1/products", query_string={"q": q, "limit": 100} | wanted)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def names(found: Any) -> list[str]:
    return [one["name"] for one in found["items"]]


SUGARS = ["Đường Thốt nốt dạng hủ", "Đường thốt nốt đặc biệt cô đặc Thốt Nốt"]


@pytest.mark.parametrize(
    "q",
    [
        "đường thốt nốt",
        "duong thot not",
        "ĐƯỜNG THỐT NỐT",
        unicodedata.normalize("NFD", "đường thốt nốt"),
        "đuờng thôt nôt",
        "  đường   thốt\u00a0nốt ",
    ],
)
def test_a_name_is_found_however_it_is_typed(door: FlaskClient, q: str) -> None:
    assert sorted(names(search(door, q))) == SUGARS


@pytest.mark.parametrize("q", ["xoài cát hoà lộc", "xoài cát hòa lộc", "xoai cat hoa loc"])
def test_either_place_of_the_tone_finds_the_same_first(door: FlaskClient, q: str) -> None:
    assert names(search(door, q))[0] == "Xoài cát hòa lộc sấy dẻo"


def test_either_place_of_the_tone_ranks_alike(door: FlaskClient) -> None:
    older, newer = search(door, "Bà Giáo Khỏe"), search(door, "Bà Giáo Khoẻ")
    assert names(older) == names(newer)
    assert sorted(names(older)) == ["Mắm cá Linh", "Mắm cá chốt", "Mắm cá sặc", "Mắm cá trèn"]


def test_diacritics_rank_what_is_written_so_first_and_hide_nothing(door: FlaskClient) -> None:
    with_them, without = search(door, "dưa"), search(door, "dua")
    assert sorted(names(with_them)) == sorted(names(without))
    assert all("dưa" in key(one) for one in names(with_them)[:3])


@pytest.mark.parametrize(
    ("q", "first", "corrected"),
    [
        ("mat thot nor", "Mật thốt nốt", "mật thốt nốt"),
        ("lạp xuongw heo", "Lạp xưởng heo", "lạp xưởng heo"),
        ("thotnot", "Đường thốt nốt", "thốt nốt"),
        ("sầu riêng vĩnh haò", "Sầu riêng Vĩnh Hòa", "sầu riêng vĩnh hòa"),
    ],
)
def test_a_mistyped_word_is_understood(
    door: FlaskClient, q: str, first: str, corrected: str | None
) -> None:
    found = search(door, q)
    assert names(found)[0].startswith(first)
    assert found["corrected"] == corrected


def test_what_is_found_as_typed_is_not_searched_more_loosely(door: FlaskClient) -> None:
    """chốt, cốt and tốt are one letter apart."""
    assert names(search(door, "chốt")) == ["Mắm cá chốt"]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("lạp xưởng lợn", "Lạp xưởng heo"),
        ("lap xuong lon", "Lạp xưởng heo"),
        ("ngô đóng hộp", "Bắp non đóng hộp"),
        ("chè kim ngân", "Trà kim ngân hoa"),
        ("trái na hoàng hậu", "Mãng cầu hoàng hậu"),
        ("khô cá quả", "Khô cá lóc"),
        ("đậu phụ", "Tàu hủ ky lá"),
    ],
)
def test_another_regions_word_finds_it(door: FlaskClient, q: str, first: str) -> None:
    assert names(search(door, q))[0].startswith(first)


def test_another_regions_word_is_not_corrected(door: FlaskClient) -> None:
    assert search(door, "chè xạ đen")["corrected"] is None


def test_another_regions_word_is_taken_with_its_diacritics(door: FlaskClient) -> None:
    """heo is lợn, and no can (lon); dứa is khóm, and half of all addresses name a khóm."""
    assert names(search(door, "heo")) == ["Lạp xưởng heo"]
    assert all("dưa" in key(one) for one in names(search(door, "dứa")))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("khô cá lóc thoại sơn", ["Khô cá lóc 7 chóp", "Khô cá lóc Đại Phát"]),
        ("khô cá sặc an phú", ["Khô cá sặc rằn"]),
        ("mắm châu đốc", ["Mắm Thái", "Mắm cá Linh", "Mắm cá chốt", "Mắm cá sặc", "Mắm cá trèn"]),
        ("sà rông văn giáo", ["Sà rông"]),
    ],
)
def test_a_product_and_its_place(door: FlaskClient, q: str, expected: list[str]) -> None:
    assert sorted(names(search(door, q))) == expected


@pytest.mark.parametrize("q", ["rượu xã Ba Chúc", "ruou xa ba chuc"])
def test_todays_name_of_a_unit_finds_what_lay_in_the_former_ones(door: FlaskClient, q: str) -> None:
    """The address says xã Lạc Quới."""
    assert names(search(door, q)) == ["Rượu gạo Công chuẩn"]


def test_a_producers_name_finds_its_products(door: FlaskClient) -> None:
    assert sorted(names(search(door, "Palmania"))) == [
        "Mật thốt nốt dạng bột", "Mật thốt nốt dạng hạt", "Mật thốt nốt dạng sệt",
    ]  # fmt: skip


def test_a_sets_label_finds_its_products(door: FlaskClient, listings: list[Listing]) -> None:
    found = search(door, "nước chấm và gia vị lỏng")
    assert {one["id"] for one in found["items"]} == {
        one.id for one in listings if one.set and one.set.number == 9
    }


@pytest.mark.parametrize(
    ("q", "corrected"),
    [
        ("duong thot not", "đường thốt nốt"),
        ("mam chau doc", "mắm châu đốc"),
        ("đường thốt nốt", None),
        ("Đường Thốt nốt", None),
        ("", None),
    ],
)
def test_diacritics_are_proposed(door: FlaskClient, q: str, corrected: str | None) -> None:
    assert search(door, q)["corrected"] == corrected


def test_four_stars_finds_ten_of_which_three_are_potential_five(door: FlaskClient) -> None:
    found = search(door, star=4)
    assert found["total"] == 10
    assert Counter(one["potential"] for one in found["items"]) == {None: 7, 5: 3}
    assert search(door, star=4, potential=5)["total"] == 3


def test_without_a_text_all_are_there_best_first_and_by_name(
    door: FlaskClient, listings: list[Listing]
) -> None:
    found = search(door) | {"items": search(door)["items"]}
    expected = sorted(listings, key=lambda one: (-one.star, collated(one.name), one.id))
    assert found["total"] == 108
    assert [one["id"] for one in found["items"]] == [one.id for one in expected][:100]


FILTERS: dict[str, Any] = {
    "star": lambda one: one.star,
    "potential": lambda one: one.potential,
    "district": lambda one: one.place.tenant,
    "set": lambda one: one.set and one.set.number,
}


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"star": [4]},
        {"star": [4, 5], "district": ["tri-ton", "cho-moi"]},
        {"potential": [5]},
        {"set": [12], "district": ["thoai-son"]},
        {"star": [5], "district": ["an-phu"]},
    ],
)
@pytest.mark.parametrize("q", ["", "thốt nốt"])
def test_each_facet_is_counted_without_its_own_filter(
    door: FlaskClient, listings: list[Listing], q: str, chosen: dict[str, list[Any]]
) -> None:
    matching = [one for one in listings if "thot not" in one.name.lower() or not q]
    if q:
        every = {one["id"] for one in search(door, q)["items"]}
        matching = [one for one in listings if one.id in every]

    def kept(one: Listing, but: str = "") -> bool:
        return all(FILTERS[name](one) in those for name, those in chosen.items() if name != but)

    found = search(door, q, **chosen)
    assert found["total"] == sum(kept(one) for one in matching)
    for facet, value in FILTERS.items():
        counted = Counter(value(one) for one in matching if kept(one, facet) and value(one))
        assert {one["value"]: one["count"] for one in found["facets"][facet]} == counted


def test_facets_of_districts_and_sets_have_labels(door: FlaskClient) -> None:
    facets = search(door, district="tri-ton", set=4)["facets"]
    assert {
        "value": "tri-ton",
        "count": 3,
        "label": {"vi": "Huyện Tri Tôn", "en": "Tri Tôn district"},
    } in facets["district"]
    assert facets["set"][0]["label"] == {
        "vi": "Mật và nông sản sơ chế khác",
        "en": "Honey, syrups and other raw produce",
    }
    assert facets["star"] == [{"value": 4, "count": 3}]


@pytest.mark.parametrize("q", ["", "đường thốt nốt", "thotnot", "duong"])
def test_a_demonstrations_products_are_found_only_under_its_own_tenant(
    door: FlaskClient, q: str
) -> None:
    for tenant in ("an-giang", "tri-ton"):
        found = search(door, q, tenant)
        assert "Đường thốt nốt mẫu" not in names(found)
        assert "huyen-mau" not in {one["value"] for one in found["facets"]["district"]}
    for tenant in ("tinh-mau", "huyen-mau"):
        found = search(door, q, tenant)
        assert names(found) == ["Đường thốt nốt mẫu"]
        assert found["facets"]["district"][0]["value"] == "huyen-mau"


def test_a_district_finds_its_own_only(door: FlaskClient) -> None:
    found = search(door, tenant="tri-ton")
    assert found["total"] == 6
    assert {one["place"]["tenant"] for one in found["items"]} == {"tri-ton"}
    assert search(door, tenant="tri-ton", district="cho-moi")["total"] == 0


def test_what_is_no_longer_listed_is_not_found(door: FlaskClient) -> None:
    assert "Đường thốt nốt đã rút" not in names(search(door, "đường thốt nốt đã rút"))


@pytest.mark.parametrize("q", ["😀", "😀😀😀", "\u0301\u0309", "***", "|", "( )", '"'])
def test_what_has_no_word_finds_nothing_rather_than_everything(door: FlaskClient, q: str) -> None:
    found = search(door, q)
    assert (found["total"], found["items"], found["corrected"]) == (0, [], None)
    assert found["facets"] == {"star": [], "potential": [], "district": [], "set": []}


@pytest.mark.parametrize(
    "q", ["🥭 xoài", "xoài🥭", "🥭🥭🥭🥭 xoài ❤️", "👩‍🌾 xoài 👍🏽", "xoài ™ → ₫", "🇻🇳 xoài"]
)
def test_pictures_beside_a_word_hide_nothing(door: FlaskClient, q: str) -> None:
    found, plain = search(door, q), search(door, "xoài")
    assert plain["total"] == 3
    assert (found["total"], names(found)) == (plain["total"], names(plain))
    typed = [
        door.get("/t/an-giang/v1/suggestions", query_string={"q": one}).get_json()["items"]
        for one in (q, "xoài")
    ]
    assert typed[0] == typed[1] != []


@pytest.mark.parametrize(
    "q", ['"* OR 1=1', "name:x AND", "/regex/", "*:*", "name:gạo~2", "_exists_:name", "+a -b", "\\"]
)
def test_an_operator_is_only_text(door: FlaskClient, q: str) -> None:
    """As many as its words find, by themselves."""
    plain = "".join(letter if letter.isalnum() else " " for letter in q.replace(":", "\u200b"))
    found = search(door, q)
    assert found["total"] < 10
    if key(plain) and ":" not in q:
        assert names(found) == names(search(door, plain))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"q": "a" * 10_000}, "q"),
        ({"q": "gạo\x00"}, "q"),
        ({"q": "gạo\x07"}, "q"),
        ({"star": "6"}, "star.0"),
        ({"star": "vàng"}, "star.0"),
        ({"potential": "3"}, "potential.0"),
        ({"set": "27"}, "set.0"),
        ({"district": "Tri Tôn"}, "district.0"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "$ne"}, "limit"),
        ({"cursor": "x" * 5000}, "cursor"),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_mend(
    door: FlaskClient, wanted: dict[str, str], field: str
) -> None:
    answer = door.get(PRODUCTS, query_string=wanted)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    problem = answer.get_json()
    assert [one["field"] for one in problem["errors"]] == [field]
    assert problem["errors"][0]["vi"]
    assert problem["errors"][0]["en"]


@pytest.mark.parametrize(
    "q", ["mật\r\n thốt\tnốt", "\u202amật\u202c th\u200bốt\u00a0n\u00adốt", "𝐦𝐚̣̂𝐭 𝘁𝗵𝗼̂́𝘁 ｎốｔ"]
)
def test_what_was_pasted_in_finds_what_it_shows(door: FlaskClient, q: str) -> None:
    assert names(search(door, q)) == names(search(door, "mật thốt nốt")) != []


def test_a_text_of_two_hundred_characters_is_answered(door: FlaskClient) -> None:
    assert names(search(door, "mắm cá " * 28)) == names(search(door, "mắm cá"))
