import pytest

from rules.regional import ALIKE, LONGEST, formerly, otherwise
from rules.units import FORMERLY
from rules.vietnamese import key


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("heo", [("lợn", "")]),
        ("Heo Tân Châu", [("lợn", "tân châu")]),
        ("lap suon", [("lạp xưởng", ""), ("lạp xường", "")]),
        ("gạo", []),
        ("", []),
    ],
)
def test_each_word_that_a_region_says_otherwise(text: str, ways: list[tuple[str, str]]) -> None:
    assert otherwise(text) == ways


def test_with_diacritics_a_word_is_only_itself() -> None:
    assert otherwise("dừa") == []
    assert otherwise("dua") == otherwise("dứa")


def test_no_word_stands_twice() -> None:
    words = [key(word) for alike in ALIKE for word in alike]
    assert len(words) == len(set(words))


def test_no_word_is_longer_than_what_is_looked_for() -> None:
    words = [*FORMERLY, *(word for alike in ALIKE for word in alike)]
    assert max(len(word.split()) for word in words) <= LONGEST


def test_todays_unit_is_also_what_was_joined_in_it() -> None:
    assert formerly("mắm xã Cần Đăng") == [("xã Vĩnh Lợi", "mắm")]
    assert formerly("mắm Cần Đăng") == []
