"""Did you mean: the query as our own names write it."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from rules.vietnamese import folded, key

LONGEST = 5  # syllables of a phrase
ALIKE = 0.6

_SYLLABLE = re.compile(r"\w+")
Ways = dict[str, Counter[str]]
"""A phrase, folded, and how often it is written how."""


def respelt(query: str, names: Iterable[str], *, mistyped: bool) -> str | None:
    """The query with each phrase as `names` write it most often; None when it is so already.

    A phrase that the names know as it was typed stays, and so does a single syllable that somebody
    gave its diacritics. `mistyped`: one that they do not know is taken for the one most like it.
    """
    typed = _syllables(query)
    written = [_syllables(name) for name in names] if typed else []
    vocabulary = dict.fromkeys(one for name in written for one in _one_and_two(name))
    known = [_plain(one) for one in typed]
    if mistyped:
        known = [_known(one, vocabulary) for one in known]
    ways = _ways(written, set(" ".join(known).split()))
    corrected: list[str] = []
    start = 0
    while start < len(typed):
        length = _longest(known[start:], ways)
        phrase, end = " ".join(typed[start : start + length]), start + length
        these = ways.get(" ".join(known[start:end]), Counter())
        meant = length == 1 and phrase != folded(phrase) == known[start]
        corrected.append(phrase if meant or phrase in these or not these else _most_used(these))
        start = end
    text = " ".join(corrected)
    return None if text == " ".join(typed) else text


def _syllables(text: str) -> list[str]:
    return _SYLLABLE.findall(key(text))


@lru_cache(10_000)  # more than there are syllables in Vietnamese
def _plain(syllable: str) -> str:
    return folded(syllable)


def _one_and_two(name: Sequence[str]) -> Iterator[str]:
    """Syllables, and pairs of them that somebody may have typed without the space."""
    plain = [_plain(one) for one in name]
    yield from plain
    yield from (" ".join(pair) for pair in pairwise(plain))


def _ways(written: Iterable[Sequence[str]], known: Collection[str]) -> Ways:
    """Every phrase of known syllables."""
    found: Ways = defaultdict(Counter)
    for syllables in written:
        plain = [_plain(one) for one in syllables]
        for start in range(len(syllables)):
            for end in range(start + 1, min(start + LONGEST, len(syllables)) + 1):
                if plain[end - 1] not in known:
                    break
                found[" ".join(plain[start:end])][" ".join(syllables[start:end])] += 1
    return found


def _longest(known: Sequence[str], ways: Ways) -> int:
    """How many syllables from here on are a phrase of the names; 1 also when none is."""
    lengths = range(min(LONGEST, len(known)), 1, -1)
    return next((one for one in lengths if " ".join(known[:one]) in ways), 1)


def _most_used(ways: Counter[str]) -> str:
    return ways.most_common(1)[0][0]


def _known(syllable: str, vocabulary: Collection[str]) -> str:
    """The same, or the one most like it that begins like it; of several the first of the names."""
    if syllable in vocabulary or len(syllable) < 3:
        return syllable

    def likeness(other: str) -> tuple[bool, float]:
        """Letters in another order are the same word more surely than other letters."""
        ratio = SequenceMatcher(None, syllable, other).ratio()
        return sorted(syllable) == sorted(other), ratio

    alike = [one for one in vocabulary if one[0] == syllable[0] and likeness(one)[1] >= ALIKE]
    return max(alike, key=likeness, default=syllable)
