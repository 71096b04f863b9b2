"""Which letters a text may have, with what people's phones, viewers and pages copy beside them."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.letters import is_word, look_alike, mended, no_letter

REPORT = Path(__file__).parents[2] / "data" / "an-giang-2023-products.csv"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Mật\u00a0thốt\u202fnốt", "Mật thốt nốt"),
        ("\u202aTrà\u202c", "Trà"),
        ("\u2066Trà\u2069", "Trà"),
        ("\u202eTrà", "Trà"),
        ("Tr\u200bà\ufeff \u200emẫu", "Trà mẫu"),
        ("thốt\u00adnốt", "thốtnốt"),
        ("Trà\ufe0f", "Trà"),
        ("Trà\U000e0041\U000e007f", "Trà"),
        ("Trà\u3164\u115f", "Trà"),
        ("Trà\u2800mẫu", "Trà mẫu"),
        ("Trà\uffff mẫu\U0001fffe", "Trà mẫu"),
        ("148/QĐ\ufffeTTg", "148/QĐ-TTg"),
        ("148/QĐ\x02TTg", "148/QĐ-TTg"),
        ("Trà \ufffe mẫu", "Trà  mẫu"),
        ("𝐌𝐚̣̂𝐭 𝗼𝗻𝗴 ＯＣＯＰ　５", "Mật ong OCOP 5"),
        ("cà phê ﬁn", "cà phê fin"),
        ("Ðồng Tháp", "Đồng Tháp"),
        ("Thu\u031b\u0309", "Thử"),
        ("một\r\nhai\x0bba\u2028bốn", "một\nhai\nba\nbốn"),
        ("500 ml, 25 m², 30 °C, ½ kg – “Trà”…", "500 ml, 25 m², 30 °C, ½ kg – “Trà”…"),
        ("Café Crème, São Tomé, Citroën", "Café Crème, São Tomé, Citroën"),
    ],
)
def test_what_shows_nothing_or_the_same_is_mended(given, kept):
    assert no_letter(given) is None
    assert mended(given) == kept


@given(st.text())
def test_what_is_mended_stays_as_it_is(text):
    assert mended(mended(text)) == mended(text)


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ("Trà\x00", "U+0000", 4),
        ("\x02Trà", "U+0002", 1),
        ("Trà \x9d", "U+009D", 5),
        ("Tr\ud800à", "U+D800", 3),
        ("\uf0b7 Trà", "U+F0B7", 1),
        ("Tr\ufffd", "U+FFFD", 3),
        ("Trà \U000f0000", "U+F0000", 5),
    ],
)
def test_what_nobody_can_read_is_named_with_its_place(given, code, place):
    found = no_letter(given)
    assert found is not None
    assert (found.code, found.place) == (code, place)


@pytest.mark.parametrize(
    ("given", "letter", "place"),
    [
        ("Gạo Nàng Thơм", "м", 13),
        ("Gạo loại А", "А", 10),
        ("ОСОР 5 sao", "О", 1),
        ("Trà hοa", "ο", 6),
        ("Trà հoa", "հ", 5),
    ],
)
def test_a_letter_of_another_alphabet_that_passes_for_ours_is_found(given, letter, place):
    assert look_alike(given) == (letter, place)


@pytest.mark.parametrize(
    "name",
    [
        "Gạo ST25", "β-glucan", "Omega-3, α và Ω", "Trà 茶", "Trà茶", "Мёд", "Mật ong (Мёд)",
        "ស្រូវ Gạo Khmer", "Citroën", "Đắk Lắk", "Σ", "Łódź", "10 µg", "Ký hiệu №5", "e\u0301",
    ],
)  # fmt: skip
def test_words_of_one_alphabet_are_left_in_peace(name):
    assert look_alike(name) is None


def test_nothing_in_the_report_is_strange_or_changed():
    with REPORT.open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert len(cells) == 109 * 5
    assert [one for one in cells if mended(one) != one or no_letter(one) or look_alike(one)] == []


@pytest.mark.parametrize(("text", "word"), [("Trà", True), ("5", True), ("—★", False), ("", False)])
def test_a_word_has_a_letter_or_a_digit(text, word):
    assert is_word(text) is word
