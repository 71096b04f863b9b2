"""How a reader takes a name: as words that are the same however they were written.

ST25 and ST 25 are one, Lý and Lí, Đ'Ran and Đ’Ran, hoà and hòa. What is searched and what is found,
what is proposed as another spelling, and what an import calls nearly the same all read here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rules.letters import mended
from rules.vietnamese import folded, key, lowered

_SIGNS = str.maketrans("™℠", "  ")
"""They would be read as letters."""
_SAME_SHAPE = str.maketrans("ðɖı", "đđi")
_LEFT_OVER = re.compile("[\u0300-\u036f]")
"""Marks that no letter of ours takes."""
_APOSTROPHES = re.compile("[\u02b9-\u02df\ua78b\ua78c]")
"""Those that Unicode counts as letters."""
_GROUPS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
"""1.000 is a number, and 12.5 are two."""
_RUN = re.compile(r"[^\W\d_]+|\d+")
_EITHER = re.compile(r"(qu)[yýỳỷỹỵ]|([bcdđghklmnpqrstvxz]*)[yýỳỷỹỵ]$")
"""Where y is also written i: as the one vowel at a syllable's end, and behind qu. Nowhere else:
tay is no tai, and thúy no thúi."""
_AS_I = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")


class Word(NamedTuple):
    """Letters or figures. `written`: in small letters, as the name has it. `read`: the same for
    every way of writing it. `between`: what stands between it and the word before it."""

    written: str
    read: str
    between: str = " "

    @property
    def plain(self) -> str:
        """As read, by somebody who types no diacritics."""
        return _plain(self.read)

    @property
    def is_figure(self) -> bool:
        return self.written[0].isdigit()

    @property
    def is_joined(self) -> bool:
        """Whether it was written as one with the word before: ST25, OM-5451, H'Mông."""
        return " " not in self.between


@lru_cache(4096)  # a search reads the names of its best hits
def words(text: str) -> tuple[Word, ...]:
    """Letters and figures apart, whether they were written so or not."""
    letters = _letters(text)
    found: list[Word] = []
    end = 0
    for run in _RUN.finditer(letters):
        between = letters[end : run.start()] if found else " "
        found.append(Word(*_read(run[0]), between))
        end = run.end()
    return tuple(found)


def as_read(text: str) -> str:
    return " ".join(one.read for one in words(text))


def as_written(phrase: Sequence[Word]) -> str:
    """In small letters, with what stood between the words."""
    return "".join(
        f"{one.between if place else ''}{one.written}" for place, one in enumerate(phrase)
    )


def likeness(text: str) -> str:
    """Equal for names that may be one: spelled, spaced or typed otherwise, or a slip. A person
    sees whether they are."""
    return "".join(one.plain for one in words(text))


def joinings(typed: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The same with two neighbours as one word, where somebody may have parted it: Ba Na, Bu-ôn."""
    for place in range(1, len(typed)):
        one, other = typed[place - 1 : place + 1]
        short = len(one.read) == 1 or max(len(one.read), len(other.read)) == 2
        if one.is_figure == other.is_figure and (short or (other.is_joined and other.between)):
            whole = Word(one.written + other.written, one.read + other.read, one.between)
            yield [*typed[: place - 1], whole, *typed[place + 1 :]]


def _letters(text: str) -> str:
    text = unicodedata.normalize("NFKC", mended(text).translate(_SIGNS))
    text = lowered(text).translate(_SAME_SHAPE)
    return _GROUPS.sub("", _APOSTROPHES.sub("'", _LEFT_OVER.sub("", text)))


@lru_cache(10_000)  # more than there are syllables in Vietnamese
def _plain(read: str) -> str:
    return folded(read)


@lru_cache(10_000)
def _read(run: str) -> tuple[str, str]:
    """As it is written, and as it is read."""
    word = key(run)
    found = _EITHER.match(word)
    return word, word[: found.end()].translate(_AS_I) + word[found.end() :] if found else word
