"""Ranks as lists write them: 5, "4 sao", "04 (bốn) sao", ★★★★, "tiềm năng 5 sao", potential-4."""

import re
from typing import NamedTuple
from unicodedata import normalize

from contracts.dossier import Potential, Star
from rules.vietnamese import folded


class Rank(NamedTuple):
    star: Star
    potential: Potential | None


_STARS = r"0?([3-5])(?: ?(?:sao|stars?|\*))?"
_POTENTIAL = r"(?:tiem nang|potential)"
_RANK = re.compile(rf"(?:hang |dat |ocop |so |sao )*{_STARS}(?: ocop)?")
_POTENTIAL_RANK = re.compile(
    rf"(?:{_STARS} )?{_POTENTIAL} (?:hang |dat )?{_STARS}|{_STARS} {_POTENTIAL}"
)
_FILLED, _OUTLINED = "★⭐🌟✭✮✯⋆*", "☆✩✰"
_DRAWN = re.compile(rf"[{_FILLED}{_OUTLINED}](?: ?[{_FILLED}{_OUTLINED}])+")
_ONE = re.compile(rf"[{_FILLED}{_OUTLINED}]")
_IN_WORDS = {
    "ba": "3", "bon": "4", "nam": "5", "three": "3", "four": "4", "five": "5",
}  # fmt: skip
_WORD = re.compile(r"\b(ba|bon|three|four|five|nam(?= sao))\b")
"""Năm alone is a year as well."""
_TWICE = re.compile(r"\b0?([3-5]) <\1>|<([3-5])> 0?\2\b|<([3-5])>(?: sao)? <\3>")
"""In figures and in words, as offices write: 04 (bốn) sao."""


def rank_of(text: str) -> Rank | None:
    """`potential 5` is a star of 4 that a higher level may make 5; `4, potential 5` says it too."""
    words = _in_figures(text)
    if found := _RANK.fullmatch(words):
        return None if text.lstrip().startswith("-") else Rank(int(found[1]), None)
    if found := _POTENTIAL_RANK.fullmatch(words):
        held, potential = found[1], found[2] or found[3]
        if potential == "5" and held in (None, "4"):
            return Rank(4, 5)
        if potential == "4" and held in (None, "3"):
            return Rank(3, 4)
    return None


def _in_figures(text: str) -> str:
    """Folded, with one blank between words; what is drawn or said in a word is a figure."""
    plain = folded(normalize("NFKC", text).replace("\ufe0f", ""))
    plain = re.sub(r"(?<![\d.,])(\d)[.,]0+(?![\d.,])", r"\1", plain)
    plain = re.sub(r"[\s(),;:_–-]+", " ", plain)
    plain = _ONE.sub(" sao ", _DRAWN.sub(_counted, plain))
    plain = _WORD.sub(lambda found: f"<{_IN_WORDS[found[0]]}>", re.sub(r" +", " ", plain))
    plain = _TWICE.sub(lambda found: found[1] or found[2] or found[3], plain)
    return re.sub(r"[<>]", "", plain).strip(" .")


def _counted(drawn: re.Match[str]) -> str:
    """Of filled stars and outlined ones together, the filled count."""
    filled = sum(one in _FILLED for one in drawn[0])
    return f" <{filled or sum(one in _OUTLINED for one in drawn[0])}> "
