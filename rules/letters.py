"""Which letters a text may have: what is mended without a word, and what only its author can mend.

What is mended shows nothing or shows the same: marks of direction and of no width, as phones and
web pages copy them, letters that differ in their font or width alone, a hyphen as PDF viewers copy
it from the end of a line. See docs/text.md.
"""

import unicodedata
from typing import NamedTuple

import regex

from rules.vietnamese import composed

_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Noncharacter_Code_Point}]")
"""Unicode's own lists: zero width, direction, soft hyphens, variations, tags, fillers of Hangul."""
_BLANK = regex.compile(r"[\p{Zs}\u2800]")  # U+2800: Braille without a dot
_BREAK = regex.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HYPHEN = regex.compile(r"(?<=[\p{L}\p{M}\p{N}])[\ufffe\x02](?=[\p{L}\p{N}])")
"""PDFium, Chrome's viewer, copies so the hyphen at the end of a line. No word of Vietnamese is
parted by one: where a hyphen stood, it was meant."""
_OTHER_FONT = regex.compile(r"[\uff01-\uff5e\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
"""Full width, ligatures, the bold and cursive letters for mathematics with which pages adorn."""
_SAME_SHAPE = str.maketrans("ÐƉ", "ĐĐ")
"""The eth of Iceland and the D of Ewe look as Đ does; older keyboards and fonts write the eth."""
_NO_LETTER = regex.compile(
    rf"(?!{_HYPHEN.pattern})[[\p{{Cc}}\p{{Cs}}\p{{Co}}\ufffd]--[\t\n\r\x0b\x0c\x85]]",
    regex.VERSION1,
)
"""Controls, halves of letters, letters of one font alone, the sign of a letter that was lost."""
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LATIN = regex.compile(r"\p{Script=Latin}")
_STRANGE = regex.compile(
    r"[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}\p{M}"
    r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}]"
)
"""What a word of Latin letters may not mix: Unicode TS 39, the level "highly restrictive"."""
_TWINS = frozenset("АВЕЅІЈКМНОРСТУХаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")
"""Of Cyrillic and Greek, those that look as a letter of ours does: Unicode's confusables.txt."""


class Strange(NamedTuple):
    """A letter that a text may not have. `place`: counted from 1."""

    letter: str
    place: int

    @property
    def code(self) -> str:
        return f"U+{ord(self.letter):04X}"


def mended(text: str) -> str:
    """As it is kept, shown, compared and looked for."""
    if text.isascii() and text.isprintable():
        return text
    text = _OTHER_FONT.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _UNSEEN.sub("", _HYPHEN.sub("-", text))
    text = _BREAK.sub("\n", _BLANK.sub(" ", text))
    return composed(text.translate(_SAME_SHAPE))


def no_letter(text: str) -> Strange | None:
    """The first that nobody can read and no font has."""
    found = _NO_LETTER.search(text)
    return Strange(found[0], found.start() + 1) if found else None


def look_alike(text: str) -> Strange | None:
    """The first letter of another alphabet that passes for Latin, as Cyrillic а in gạo: inside a
    word of Latin letters, or where a whole word beside such is of twins. Two names would look the
    same and not be."""
    if text.isascii() or not (_STRANGE.search(text) and _LATIN.search(text)):
        return None
    for word in _WORD.finditer(text):
        strange = [n for n, one in enumerate(word[0]) if _STRANGE.match(one)]
        if strange and (_LATIN.search(word[0]) or _TWINS.issuperset(word[0])):
            return Strange(word[0][strange[0]], word.start() + strange[0] + 1)
    return None


def is_word(text: str) -> bool:
    """Whether there is anything to read in it: a letter or a digit."""
    return regex.search(r"[\p{L}\p{N}]", text) is not None
