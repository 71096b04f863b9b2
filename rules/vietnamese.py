"""Vietnamese text as it is compared: one form of letters, of tone marks, and without either."""

import re
import unicodedata

TONES = tuple("\u0300\u0301\u0309\u0303\u0323")  # huyền, sắc, hỏi, ngã, nặng
PAIRS = (("o", "a"), ("o", "e"), ("u", "y"))
"""Where the two ways of writing differ: hòa and hoà, khỏe and khoẻ, thúy and thuý."""


def composed(text: str) -> str:
    """In NFC: a letter with its marks is one character."""
    return unicodedata.normalize("NFC", text)


OLDER_TONE = {
    composed(first + second + tone): composed(first + tone + second)
    for first, second in PAIRS
    for tone in TONES
}
"""oà -> òa and the like, in small letters: the tone mark on the first vowel, as people type it."""

_NEWER = re.compile(rf"(?<!q)({'|'.join(OLDER_TONE)})(?!\w)")  # hoàn and quý have one way only


def lowered(text: str) -> str:
    """The spelling as it is, whatever its case and spaces."""
    return composed(" ".join(text.split()).casefold())


def key(text: str) -> str:
    """Equal for texts that a reader takes for the same, however typed."""
    return _NEWER.sub(lambda found: OLDER_TONE[found[0]], lowered(text))


def folded(text: str) -> str:
    """The key as typed by somebody without diacritics."""
    letters = unicodedata.normalize("NFD", key(text))
    return "".join(one for one in letters if not unicodedata.combining(one)).replace("đ", "d")


_IN_ORDER = str.maketrans(
    {"ă": "a{", "â": "a|", "đ": "d{", "ê": "e{", "ô": "o{", "ơ": "o|", "ư": "u{"}
)  # { and | come after z


def collated(text: str) -> str:
    """Sorts as a Vietnamese dictionary does: ă after a, đ after d; tones tell equal words apart."""
    typed = key(text)
    letters = unicodedata.normalize("NFD", typed)
    toneless = composed("".join(one for one in letters if one not in TONES))
    return f"{toneless.translate(_IN_ORDER)}\t{typed}"
