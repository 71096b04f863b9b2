import pytest

from rules.regional import ALIKE, otherwise
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
