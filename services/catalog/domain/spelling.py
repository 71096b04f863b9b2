"""Did you mean: the query as our own names write it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from rules.vietnamese import folded, key

LONGEST = 5  # syllables of a phrase
ALIKE = 0.6

_SYLLABLE = re.compile(r"\w+")
Spellings = dict[str, Counter[str]]
"""Every phrase of some names, folded, and how often it is written how."""


def respelt(query: str, names: Iterable[str]) -> str | None:
    """The query with each phrase as `names` write it most often; None when it is so already.

    A phrase that the names know as it was typed stays, and so does a single syllable that somebody
    gave its diacritics. One that they do not know at all is taken for the one most like it.
    """
    spellings = _spellings(names)
    typed = _syllables(query)
    known = [_known(folded(one), spellings) for one in typed]
    corrected: list[str] = []
    start = 0
    while start < len(typed):
        length = _longest(known[start:], spellings)
        phrase, end = " ".join(typed[start : start + length]), start + length
        ways = spellings.get(" ".join(known[start:end]), Counter())
        meant = length == 1 and phrase != folded(phrase) == known[start]
        corrected.append(phrase if meant or phrase in ways or not ways else _most_used(ways))
        start = end
    text = " ".join(corrected)
    return None if text == " ".join(typed) else text


def _syllables(text: str) -> list[str]:
    return _SYLLABLE.findall(key(text))


def _spellings(names: Iterable[str]) -> Spellings:
    found: Spellings = defaultdict(Counter)
    for name in names:
        syllables = _syllables(name)
        for start in range(len(syllables)):
            for end in range(start + 1, min(start + LONGEST, len(syllables)) + 1):
                phrase = " ".join(syllables[start:end])
                found[folded(phrase)][phrase] += 1
    return found


def _longest(known: list[str], spellings: Spellings) -> int:
    """How many syllables from here on are a phrase of the names; 1 also when none is."""
    lengths = range(min(LONGEST, len(known)), 1, -1)
    return next((one for one in lengths if " ".join(known[:one]) in spellings), 1)


def _most_used(ways: Counter[str]) -> str:
    return ways.most_common(1)[0][0]


def _known(syllable: str, spellings: Spellings) -> str:
    """The same, or the one most like it that begins like it; of several the first of the names."""
    if syllable in spellings or len(syllable) < 3:
        return syllable

    def likeness(other: str) -> tuple[bool, float]:
        """Letters in another order are the same word more surely than other letters."""
        ratio = SequenceMatcher(None, syllable, other).ratio()
        return sorted(syllable) == sorted(other), ratio

    alike = [one for one in spellings if one[0] == syllable[0] and likeness(one)[1] >= ALIKE]
    return max(alike, key=likeness, default=syllable)
