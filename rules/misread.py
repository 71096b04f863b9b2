"""Text that is not what its author wrote: in the codes of an old font, decoded by another encoding,
with letters lost in saving.

It is recognised by what it would be: words that are none of ours as they stand, and are when they
are read otherwise. A French or Spanish word stays one of no language of ours either way.
"""

import html
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import regex

from rules.syllables import is_syllable
from rules.vietnamese import TONES, composed


class Code(StrEnum):
    """What it was written or read by, as people call it."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"
    CP1258 = "Windows-1258"
    UTF8 = "UTF-8"
    HTML = "HTML"
    LOST = "?"


class Misread(NamedTuple):
    """`reading`: what it would say; None where letters are lost, or nobody can be sure."""

    code: Code
    reading: str | None = None


_SHORT = 300  # characters; longer ones are seldom and would fill the memory


def misread(text: str) -> Misread | None:
    """Letters and marks apart (NFD, as macOS writes) are no fault: they are read as one."""
    text = composed(text)
    return _remembered(text) if len(text) <= _SHORT else _found(text)


@lru_cache(10_000)  # a list is read with each separator, and then checked
def _remembered(text: str) -> Misread | None:
    return _found(text)


def _found(text: str) -> Misread | None:
    if _lost(text):
        return Misread(Code.LOST)
    if _ENTITY.search(text):
        return Misread(Code.HTML, composed(html.unescape(text)))
    if text.isascii():
        return None
    if _is_utf8(text):
        return Misread(Code.UTF8, _as_utf8(text))
    return _in_old_code(text)


# -- letters lost

_LOST = regex.compile(
    r"\ufffd|\w\?\p{L}|(?<!\S)\?+\p{L}|(?<!\S)(?i:[bcdđghklmnpqrstvx]{1,3})\?+(?!\S)"
)
"""A program that saves in an encoding without Vietnamese puts ? where it has no letter: inside a
word, before one, behind one that has no vowel."""
_ENTITY = regex.compile(
    r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{1,2}(?:grave|acute|circ|tilde|cedil|uml));"
)


def _lost(text: str) -> bool:
    return _LOST.search(text) is not None


# -- UTF-8 that was taken for another encoding

_VOWELS = "aăâeêioôơuưy"
_OURS = [
    case(composed(vowel + tone))
    for vowel in _VOWELS
    for tone in ("", *TONES)
    for case in (str.lower, str.upper)
]
_UTF8 = [
    one for one in (*_OURS, *"đĐ“”‘’–—…•ÄÅÆ", *TONES, *"\u0302\u0306\u031b") if not one.isascii()
]
_LATIN = [bytes([one]).decode("cp1252", "ignore") or chr(one) for one in range(0x80, 0x100)]
"""What stands there when it was misread twice."""


def _byte(byte: int, encoding: str) -> str:
    """As browsers do, where the encoding leaves one out."""
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


_TAKEN_FOR = {
    "".join(_byte(byte, encoding) for byte in letter.encode()): letter
    for encoding in ("cp437", "mac_roman", "cp1258", "latin-1", "cp1252")
    for letter in (*_LATIN, *_UTF8)
}
_PLAIN = {taken for taken, letter in _TAKEN_FOR.items() if letter in _UTF8}
_ANY_OF_THEM = regex.compile("|".join(map(regex.escape, sorted(_TAKEN_FOR, key=len, reverse=True))))
_MAY_BE_MEANT = regex.compile(r"[ÃĂÂ][\u00a0\u00ad‘’“”–—…•]|Â.")
"""XÃ” ends a title in capitals as well."""
_BARE = regex.compile(r"(?<=\p{Ll})[ÃĂ](?:\u00a0|(?=\s|$))")
"""à, whose second byte is a blank to most; no capital stands behind a small letter."""


def _is_utf8(text: str) -> bool:
    found = (one for one in _ANY_OF_THEM.findall(text) if not _MAY_BE_MEANT.fullmatch(one))
    return any(one in _PLAIN for one in found) or _BARE.search(text) is not None


def _as_utf8(text: str) -> str:
    """Read anew as often as it was misread."""
    for _ in range(3):
        if not _is_utf8(text):
            break
        text = _ANY_OF_THEM.sub(lambda found: _TAKEN_FOR[found[0]], _BARE.sub("à", text))
    return composed(text)


# -- one byte, one sign: the codes of old fonts, and of Windows-1258, shown as Latin letters

_WORD = regex.compile(r"[\p{L}\p{M}\u00a1-\u00ff]+")

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
"""TCVN 5712:1993, VN3. Capitals with a tone have a font of their own, and no code."""
_VNI = {
    "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ",
}  # fmt: skip
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309",
    "ã": "\u0302\u0303", "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
"""Behind its vowel, as Windows' VNI fonts have it."""
_VNI_PAIR = regex.compile(rf"([aeouyôö])([{''.join(_VNI_MARKS)}])|[{''.join(_VNI)}]", regex.I)
_CP1258 = str.maketrans("ÃãÕõÝýÐðÌÒÞìò", "ĂăƠơƯưĐđ\u0300\u0309\u0303\u0301\u0323")
"""Where it differs from Windows-1252."""


def _tcvn3(word: str) -> str:
    return word.translate(_TCVN3)


def _vni(word: str) -> str:
    def letter(found: regex.Match[str]) -> str:
        base = found[1] or found[0]
        plain = _VNI.get(base.lower(), base.lower())
        plain += _VNI_MARKS[found[2].lower()] if found[1] else ""
        return composed(plain.upper() if base.isupper() else plain)

    return str(_VNI_PAIR.sub(letter, word))


def _cp1258(word: str) -> str:
    return composed(word.translate(_CP1258))


class _Font(NamedTuple):
    """`sure`: what no language has in a word."""

    code: Code
    read: Callable[[str], str]
    sure: regex.Pattern[str]


_FONTS = (
    _Font(Code.CP1258, _cp1258, regex.compile(r"(?i)[aeiouyâêôõýã][ìò]|ýõ|\p{Ll}[ÌÒÞ]")),
    _Font(
        Code.TCVN3,
        _tcvn3,
        regex.compile(
            r"\p{Ll}[À-ÖØ-Þ]|\p{Lu}[À-ÖØ-Þ]\p{Ll}"  # phÇn, MËt
            r"|[A-Za-z][¡-©«¬\u00ad±-¶¸¹»-¾]|\p{L}[ª®]\p{L}|^[§®]\p{L}"  # s¶n, viªn, ®Æc
            r"|\p{L}{2}·\p{L}|\p{L}·\p{L}{2}|[b-df-hj-np-tv-z]ß"  # nh·n, bß
        ),
    ),
    _Font(
        Code.VNI,
        _vni,
        regex.compile(
            r"(?i)[aeouyôö][øûõâãäåêèü]|öô"  # phaàn, toâm, nöôùc
            r"|[aeouyôö]ï(?=[aeiouypt]|ng|nh|ch)|\p{L}[aeouyôö](?:ù|[áéú]\p{L})"  # gaïo, baùnh
            r"|[ae]à|oà\p{L}|aë\p{L}"
        ),
    ),
)
_SURE = 3
_OUR_LETTER = regex.compile(r"[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
"""No old code shows one of these: a single odd word beside it is mistyped (vĩnh haò)."""


def _in_old_code(text: str) -> Misread | None:
    """By the code that makes most of the words ours; of two that do it alike nobody can be sure."""
    proofs = {font: proof for font in _FONTS if (proof := _proof(font, text))}
    if not proofs:
        return None
    most = max(proofs.values())
    first, *others = [font for font, proof in proofs.items() if proof == most]
    return Misread(first.code, None if others else _anew(first, text))


def _proof(font: _Font, text: str) -> tuple[int, int] | None:
    """How many words stay strange by this code, less is more; and how sure the others make it."""
    made, strange = [], 0
    for word in _strange_words(text):
        if is_syllable(font.read(word).lower()):
            made.append(_SURE if font.sure.search(word) else 1)
        else:
            strange += 1
    needed = 2 * _SURE if _OUR_LETTER.search(text) else _SURE
    return (-strange, sum(made)) if sum(made) >= needed and strange <= len(made) else None


def _anew(font: _Font, text: str) -> str:
    return composed(_WORD.sub(lambda found: font.read(found[0]), text))


def _strange_words(text: str) -> Iterator[str]:
    """None of ours, with the signs that may stand around a word and without."""
    for word in _WORD.findall(text):
        bare = word.lstrip("«©").rstrip("»®©ª")
        ours = is_syllable(bare) and not bare.isascii()
        if not word.isascii() and not ours:
            yield word
