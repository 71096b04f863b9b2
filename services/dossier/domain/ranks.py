"""Ranks as lists write them: 5, "4 sao", "tiềm năng 5 sao", potential-4."""

import re
from typing import NamedTuple

from contracts.dossier import Potential, Star
from rules.vietnamese import folded


class Rank(NamedTuple):
    star: Star
    potential: Potential | None


_STARS = r"([3-5])(?: ?(?:sao|stars?|\*))?"
_POTENTIAL = r"(?:tiem nang|potential)"
_RANK = re.compile(rf"(?:hang |dat |ocop )*{_STARS}")
_POTENTIAL_RANK = re.compile(
    rf"(?:{_STARS} )?{_POTENTIAL} (?:hang |dat )?{_STARS}|{_STARS} {_POTENTIAL}"
)


def rank_of(text: str) -> Rank | None:
    """`potential 5` is a star of 4 that a higher level may make 5; `4, potential 5` says it too."""
    words = re.sub(r"[\s(),;:_–-]+", " ", folded(text)).strip()
    if found := _RANK.fullmatch(words):
        return None if text.lstrip().startswith("-") else Rank(int(found[1]), None)
    if found := _POTENTIAL_RANK.fullmatch(words):
        held, potential = found[1], found[2] or found[3]
        if potential == "5" and held in (None, "4"):
            return Rank(4, 5)
        if potential == "4" and held in (None, "3"):
            return Rank(3, 4)
    return None
