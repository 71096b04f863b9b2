"""Words that differ from region to region, or that people shorten: each finds the other."""

import re

from rules.vietnamese import folded, key

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
    ("hợp tác xã", "htx"),
    ("tổ hợp tác", "tht"),
    ("thành phố", "tp"),
    ("thị xã", "tx"),
)

_OTHERS: dict[str, list[str]] = {}
"""By a word as it may be typed."""
for _alike in ALIKE:
    for _word in _alike:
        for _typed in {key(_word), folded(_word)}:
            _OTHERS.setdefault(_typed, []).extend(one for one in _alike if one != _word)
_LONGEST = max(len(word.split()) for word in _OTHERS)


def otherwise(text: str) -> list[tuple[str, str]]:
    """(another word, the rest of the text) for every word of it that some region says otherwise.

    Typed with diacritics a word is only itself: dừa is no dứa. Typed without it may be either.
    """
    syllables = re.findall(r"\w+", key(text))
    return [
        (other, " ".join(syllables[:start] + syllables[end:]))
        for start in range(len(syllables))
        for end in range(start + 1, min(start + _LONGEST, len(syllables)) + 1)
        for other in _OTHERS.get(" ".join(syllables[start:end]), ())
    ]
