import pytest

from services.catalog.domain.spelling import respelt

NAMES = ["Đường thốt nốt", "Mật thốt nốt", "Mắm cá Linh", "Màu Mắm", "Sầu riêng Vĩnh Hòa"]


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("duong thot not", "đường thốt nốt"),
        ("đuờng thôt nôt", "đường thốt nốt"),
        ("mam ca linh thot not", "mắm cá linh thốt nốt"),
        ("thot nor", "thốt nốt"),
        ("thotnot", "thốt nốt"),
        ("vĩnh haò", "vĩnh hòa"),
        ("nước mam", "nước mắm"),
    ],
)
def test_a_phrase_becomes_what_the_names_write(query: str, corrected: str) -> None:
    assert respelt(query, NAMES, mistyped=True) == corrected


@pytest.mark.parametrize("query", ["thốt nốt", "Vĩnh Hoà", "", "xyz", "mèo", "😀", "cà"])
def test_what_the_names_know_or_know_nothing_of_stays(query: str) -> None:
    assert respelt(query, NAMES, mistyped=True) is None


def test_of_two_ways_the_more_frequent_is_taken() -> None:
    assert respelt("ga", ["Gà tre", "Ga tre", "Gà ta"], mistyped=True) is None
    assert respelt("ta", ["Tá", "Tạ", "Tạ"], mistyped=True) == "tạ"


def test_nothing_is_proposed_without_names() -> None:
    assert respelt("duong thot not", [], mistyped=True) is None


def test_a_word_that_was_found_otherwise_is_not_taken_for_a_mistyped_one() -> None:
    """heo, found as lợn, is not Hòa."""
    assert respelt("mat heo", NAMES, mistyped=False) == "mật heo"
    assert respelt("mat hoo", NAMES, mistyped=True) == "mật hòa"
