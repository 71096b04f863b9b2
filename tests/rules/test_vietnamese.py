import unicodedata

import pytest

from rules.vietnamese import collated, composed, folded, key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("nhuỵ hoa", "nhụy hoa"),
        ("Xã KHÁNH HOÀ", "xã Khánh Hòa"),
        ("hoà,", "hòa,"),
        ("Mật  thốt\u00a0nốt ", "mật thốt nốt"),
        (unicodedata.normalize("NFD", "Thuỷ sản"), "thủy sản"),
    ],
)
def test_the_same_word_typed_otherwise_has_the_same_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize("word", ["quý", "hoàn", "hoảng", "khoáng", "thuyền", "toàn", "đường"])
def test_a_word_with_one_way_of_writing_keeps_it(word: str) -> None:
    assert key(word) == word


@pytest.mark.parametrize(("one", "other"), [("mắm", "mám"), ("thọai", "thoại"), ("đa", "da")])
def test_other_diacritics_are_another_key_and_the_same_when_folded(one: str, other: str) -> None:
    assert key(one) != key(other)
    assert folded(one) == folded(other)


def test_every_vietnamese_letter_folds_to_a_plain_one() -> None:
    vowels = "aăâeêioôơuưy"
    letters = [
        composed(vowel + tone)
        for vowel in vowels
        for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
    ]
    assert {folded(letter) for letter in [*letters, "đ", "Đ"]} == set("aeiouyd")


def test_folded_is_small_and_single_spaced() -> None:
    assert folded("  Đường Thốt  Nốt ") == "duong thot not"


def test_names_sort_as_in_a_dictionary() -> None:
    names = ["an", "áo", "ăn", "âm", "bò", "da", "dưa", "đa", "mam", "mám", "mắm", "măng", "mâm"]
    assert sorted(reversed(names), key=collated) == names


def test_the_shorter_name_sorts_first() -> None:
    assert sorted(["Khô cá lóc", "Khô", "Khô cá"], key=collated) == ["Khô", "Khô cá", "Khô cá lóc"]
