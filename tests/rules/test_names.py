import unicodedata

import pytest

from rules.names import as_read, joinings, likeness, words
from rules.vietnamese import folded

ONE = [
    ("ST25", "ST 25", "st-25", "S​T25", "ＳＴ２５"),
    ("OM-5451", "OM5451", "OM 5451", "OM–5451", "om.5451"),
    ("500ml", "500 ml", "500 ML", "500㎖"),
    ("N 12 5", "N12 5", "N12-5", "n12/5", "N 12.5"),
    ("trà xanh 3in1", "Trà xanh 3 in 1", "trà  xanh 3-in-1"),
    ("1.000 ml", "1000ml", "1,000 ml"),
    ("Lí", "Lý"), ("Mĩ", "Mỹ"), ("kĩ", "kỹ"), ("quí", "quý"), ("tỉ", "tỷ"), ("sĩ", "sỹ"),
    ("hi vọng", "hy vọng"), ("Y Tý", "I Tí"), ("quít", "quýt"), ("Quỳnh", "Quình"), ("Vi", "Vy"),
    ("Đ'ran", "Đ’ran", "Đʼran", "Đ′ran", "Đ`ran", "ð'ran", "Đ‘Ran", "Ɖ'RAN", "Đ´ran", "Đ＇ran"),
    ("H'Mông", "H’Mông", "H ‘Mông", "hʻmông", "H Mông"),
    ("Buôn-Ma-Thuột", "Buôn Ma Thuột", "BUÔN MA THUỘT", "Buôn\u00a0Ma\u202fThuột"),
    ("TP.LX", "TP LX", "tp. lx", "TP.\u200bLX"),
    ("hoà", "hòa"), ("THUÝ", "thúy"), ("Hoà25", "Hòa 25", "hoà_25", "HÒA-25"), ("7thuý", "7 Thúy"),
    ("thốt nốt", "thốt\u00ad nốt", "th\u2060ốt n\ufeffốt"),
    (unicodedata.normalize("NFD", "Thốt Nốt"), "thốt nốt"),
    ("İDO", "ıdo", "ido", "IDO"), ("Straße", "STRASSE"), ("ﬁn", "fin"),
    ("xoài™", "xoài ™ 🥭", "🥭 xoài ₫"),
]  # fmt: skip


@pytest.mark.parametrize("ways", ONE, ids=lambda ways: ways[0])
def test_ways_of_writing_one_name_are_read_alike(ways: tuple[str, ...]) -> None:
    assert [as_read(one) for one in ways] == [as_read(ways[0])] * len(ways)
    assert len({likeness(one) for one in ways}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tai", "tay"), ("mái", "máy"), ("thúi", "thúy"), ("tui", "tuy"), ("lí", "lì"),
        ("ST25", "ST24"), ("OM 5451", "OM 5415"), ("500ml", "50 ml"), ("12.5", "125"),
        ("dừa", "dứa"), ("mười", "mướy"), ("suối", "suốy"),
    ],
)  # fmt: skip
def test_what_differs_is_read_otherwise(one: str, other: str) -> None:
    assert as_read(one) != as_read(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ba Na", "Bana"), ("Bu-ôn", "Buôn"), ("H'Mông", "Hmông"), ("TP.LX", "TPLX"), ("mắm", "mam"),
     ("N 12 5", "N125"), ("Thốt Nốt", "thotnot"), ("Lý", "li")],
)  # fmt: skip
def test_names_that_may_be_one_have_the_same_likeness(one: str, other: str) -> None:
    assert as_read(one) != as_read(other)
    assert likeness(one) == likeness(other)


def test_a_word_knows_how_it_was_written_and_what_stood_before_it() -> None:
    told = [(one.written, one.read, one.plain, one.between) for one in words("Trà Mỹ ST25, số 1-2")]
    assert told == [
        ("trà", "trà", "tra", " "), ("mỹ", "mĩ", "mi", " "), ("st", "st", "st", " "),
        ("25", "25", "25", ""), ("số", "số", "so", ", "), ("1", "1", "1", " "),
        ("2", "2", "2", "-"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "joined"),
    [
        ("vải h mông", ["vải hmông"]),
        ("ba na", ["bana"]),
        ("bu-ôn ma thuột", ["buôn ma thuột", "bu ônma thuột"]),
        ("n 12 5", ["n 125"]),
        ("st 25", []),
        ("khô cá lóc", []),
        ("thốt-nốt", ["thốtnốt"]),
    ],
)
def test_neighbours_that_may_be_one_word_are_joined(typed: str, joined: list[str]) -> None:
    found = [" ".join(one.read for one in way) for way in joinings(words(typed))]
    assert found == joined


def test_nothing_to_read_is_no_word() -> None:
    assert [words(one) for one in ("", "***", "😀", "\u0301\u0309", "_", "\u200b")] == [()] * 6


def test_every_syllable_keeps_its_letters_when_read() -> None:
    """i for y changes no other letter and no tone."""
    for word in ("khuya", "uyên", "thuyền", "chạy", "quay", "mây", "yên", "huỳnh", "khuỷu"):
        assert as_read(word) == word
    assert as_read("quyền") == "quiền"
    assert folded(as_read("Mỹ Thủy")) == "mi thuy"
