"""Did you mean: the query as our own names write it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from rules.vietnamese import folded, key

LONGEST = 5  # syllables of a phrase
ALIKE = 0.6

_SYLLABLE = re.compile(r"\w+")


def respelt(query: str, names: Iterable[str]) -> str | None:
    """The query with each phrase as `names` write it most often; None when it is so already.

    A phrase that the names know as it was typed stays. A syllable that they do not know at all is
    taken for the one most like it.
    """
    spellings = _spellings(names)
    typed = _syllables(query)
    known = [_known(folded(one), spellings) for one in typed]
    corrected: list[str] = []
    while typed:
        length = next(
            (n for n in range(min(LONGEST, len(typed)), 0, -1) if " ".join(known[:n]) in spellings),
            0,
        )
        if length == 0:
            corrected.append(typed[0])
        else:
            ways = spellings[" ".join(known[:length])]
            as_typed = " ".join(typed[:length])
            corrected.append(as_typed if as_typed in ways else ways.most_common(1)[0][0])
        typed, known = typed[max(length, 1) :], known[max(length, 1) :]
    text = " ".join(corrected)
    return None if text == " ".join(_syllables(query)) else text


def _syllables(text: str) -> list[str]:
    return _SYLLABLE.findall(key(text))


def _spellings(names: Iterable[str]) -> dict[str, Counter[str]]:
    """Every phrase of the names, folded, and how it is written how often."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        syllables = _syllables(name)
        for start in range(len(syllables)):
            for end in range(start + 1, min(start + LONGEST, len(syllables)) + 1):
                phrase = " ".join(syllables[start:end])
                found[folded(phrase)][phrase] += 1
    return found


def _known(syllable: str, spellings: dict[str, Counter[str]]) -> str:
    if syllable in spellings or len(syllable) < 3:
        return syllable
    close = get_close_matches(syllable, spellings, 1, ALIKE)
    return close[0] if close else syllable
