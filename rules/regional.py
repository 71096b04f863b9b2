"""Other words for the same: of another region, shortened, or of units that were joined."""

from collections.abc import Mapping, Sequence

from rules.enterprises import FORMS
from rules.names import as_read, as_written, words
from rules.units import FORMERLY
from rules.vietnamese import folded

LONGEST = 5  # syllables of a word
ALIKE = (
    ("heo", "lợn"),
    ("bắp", "ngô"),
    ("đậu phộng", "đậu phụng", "lạc"),
    ("mè", "vừng"),
    ("dứa", "khóm", "trái thơm", "quả thơm"),
    ("mãng cầu", "quả na", "trái na"),
    ("khổ qua", "mướp đắng"),
    ("bánh tráng", "bánh đa"),
    ("khoai mì", "củ mì", "sắn"),
    ("tàu hủ", "tàu hũ", "đậu hũ", "đậu phụ"),
    ("lạp xưởng", "lạp xường", "lạp sườn"),
    ("cá lóc", "cá quả", "cá chuối"),
    ("trà", "chè"),
    ("bông", "hoa"),
    ("trái cây", "hoa quả"),
    ("ngũ cốc", "ngũ cuốc", "ngủ cốc"),
    ("đường thốt nốt", "đường thốt lốt"),
    ("thổ cẩm", "sà rông"),
    ("atiso đỏ", "bụp giấm", "hibiscus"),
    *((one.words, *one.short) for one in FORMS if one.kind and len(one.words.split()) <= LONGEST),
    ("thành phố", "tp"),
    ("thị xã", "tx"),
)

_OTHERS: dict[str, list[str]] = {}
"""By a word as it may be typed."""


def _typed(word: str) -> set[str]:
    return {as_read(word), folded(as_read(word))}


for _alike in ALIKE:
    for _word in _alike:
        for _way in _typed(_word):
            _OTHERS.setdefault(_way, []).extend(one for one in _alike if one != _word)
_FORMER = {way: former for unit, former in FORMERLY.items() for way in _typed(unit)}


def otherwise(text: str) -> list[tuple[str, str]]:
    """(another word, the rest of the text) for every word of it that some region says otherwise.

    Typed with diacritics a word is only itself: dừa is no dứa. Typed without it may be either.
    """
    return _replaced(text, _OTHERS)


def formerly(text: str) -> list[tuple[str, str]]:
    """The same for today's units: an address may name those that were joined in them."""
    return _replaced(text, _FORMER)


def _replaced(text: str, others: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    typed = words(text)
    return [
        (other, as_written([*typed[:start], *typed[end:]]))
        for start in range(len(typed))
        for end in range(start + 1, min(start + LONGEST, len(typed)) + 1)
        for other in others.get(" ".join(one.read for one in typed[start:end]), ())
    ]
