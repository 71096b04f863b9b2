"""Did you mean: the query as our own names write it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from rules.names import Word, as_written, words

LONGEST = 5  # words of a phrase
ALIKE = 0.6
Ways = dict[str, Counter[tuple[str, str]]]
"""A phrase, plain, and how often it is read and written how."""


def respelt(query: str, names: Iterable[str], *, mistyped: bool) -> str | None:
    """The query with each phrase as `names` write it most often; None when it is so already.

    A phrase that the names know as it was typed stays, and so does a single word that somebody gave
    its diacritics. `mistyped`: one that they do not know is taken for the one most like it.
    """
    typed = words(query)
    written = [words(name) for name in names] if typed else []
    vocabulary = dict.fromkeys(one for name in written for one in _one_and_two(name))
    together = {one.replace(" ", ""): one for one in vocabulary if " " in one}
    known = [_known(one, vocabulary, together, mistyped) for one in typed]
    ways = _ways(written, set(" ".join(known).split()))
    corrected: list[tuple[str, str]] = []
    start = 0
    while start < len(typed):
        length = _longest(known[start:], ways)
        phrase, end = typed[start : start + length], start + length
        these = ways.get(" ".join(known[start:end]), Counter())
        meant = length == 1 and phrase[0].read != phrase[0].plain == known[start]
        stays = meant or not these or _read(phrase) in {read for read, _ in these}
        read, text = (_read(phrase), as_written(phrase)) if stays else _most_used(these)
        between = phrase[0].between if phrase[0].is_joined else " "
        corrected.append((read, f"{between}{text}"))
        start = end
    if " ".join(read for read, _ in corrected) == _read(typed):
        return None
    return "".join(text for _, text in corrected).strip()


def missing(query: str, names: Iterable[str], instead: Iterable[tuple[str, str]]) -> list[str]:
    """Words of the query that no name has, in whatever spelling: what was found was found without.

    `instead`: other words, each with the rest of the query, by which a name may have been found.
    """
    typed, written = words(query), [words(name) for name in names]
    vocabulary = {one for name in written for one in _one_and_two(name)}
    together = {one.replace(" ", ""): one for one in vocabulary}
    had = {
        place
        for place, word in enumerate(typed)
        if all(one in vocabulary for one in _known(word, vocabulary, together, True).split())
    }
    for place, pair in enumerate(pairwise(typed)):
        if "".join(one.plain for one in pair) in vocabulary:
            had |= {place, place + 1}
    absent = [one for place, one in enumerate(typed) if place not in had]
    for other, rest in instead:
        if all(one.plain in vocabulary for one in words(other)):
            left = {one.read for one in words(rest)}
            absent = [one for one in absent if one.read in left]
    return [one.written for one in absent]


def _read(phrase: Iterable[Word]) -> str:
    return " ".join(one.read for one in phrase)


def _one_and_two(name: Sequence[Word]) -> Iterator[str]:
    """Words, and pairs of them that somebody may have typed without the space."""
    plain = [one.plain for one in name]
    yield from plain
    yield from (" ".join(pair) for pair in pairwise(plain))


def _ways(written: Iterable[Sequence[Word]], known: Collection[str]) -> Ways:
    """Every phrase of known words."""
    found: Ways = defaultdict(Counter)
    for name in written:
        plain = [one.plain for one in name]
        for start in range(len(name)):
            for end in range(start + 1, min(start + LONGEST, len(name)) + 1):
                if plain[end - 1] not in known:
                    break
                phrase = name[start:end]
                found[" ".join(plain[start:end])][_read(phrase), as_written(phrase)] += 1
    return found


def _longest(known: Sequence[str], ways: Ways) -> int:
    """How many words from here on are a phrase of the names; 1 also when none is."""
    lengths = range(min(LONGEST, len(known)), 1, -1)
    return next((one for one in lengths if " ".join(known[:one]) in ways), 1)


def _most_used(ways: Counter[tuple[str, str]]) -> tuple[str, str]:
    return ways.most_common(1)[0][0]


def _known(
    typed: Word, vocabulary: Collection[str], together: Mapping[str, str], mistyped: bool
) -> str:
    """The same, or two that were typed as one, or the one most like it that begins like it; of
    several the first of the names. Another figure is never meant."""
    word = typed.plain
    if word in vocabulary:
        return word
    if word in together:
        return together[word]
    if not mistyped or typed.is_figure or len(word) < 3:
        return word

    def likeness(other: str) -> tuple[bool, float]:
        """Letters in another order are the same word more surely than other letters."""
        ratio = SequenceMatcher(None, word, other).ratio()
        return sorted(word) == sorted(other), ratio

    alike = [one for one in vocabulary if one[0] == word[0] and likeness(one)[1] >= ALIKE]
    return max(alike, key=likeness, default=word)
