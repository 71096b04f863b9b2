"""Vietnamese as old fonts and wrong encodings show it, made anew for the tests: by Python's codecs,
and by the tables as the makers of the fonts wrote them."""

import unicodedata
from collections.abc import Callable, Mapping

LETTERS = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
TCVN3_BYTES = (
    "B5 B6 B7 B8 B9 A8 BB BC BD BE C6 A9 C7 C8 C9 CA CB CC CE CF D0 D1 AA D2 D3 D4 D5 D6 D7 D8 "
    "DC DD DE DF E1 E2 E3 E4 AB E5 E6 E7 E8 E9 AC EA EB EC ED EE EF F1 F2 F3 F4 AD F5 F6 F7 F8 F9 "
    "FA FB FC FD FE AE"
)  # fmt: skip
VNI_BYTES = (
    "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò "
    "oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï "
    "yø yû yõ yù î ñ"
)
TONES = "\u0300\u0301\u0303\u0309\u0323"


def _by(table: Mapping[str, str], text: str, upper: Callable[[str], str]) -> str:
    return "".join(
        upper(table[letter.lower()]) if letter != letter.lower() and letter.lower() in table
        else table.get(letter, letter)
        for letter in text
    )  # fmt: skip


def tcvn3(text: str) -> str:
    """Capitals with a tone have the small letter's code, in a font of capitals."""
    codes = [bytes.fromhex(one).decode("latin-1") for one in TCVN3_BYTES.split()]
    table = dict(zip(LETTERS, codes, strict=True))
    for letter, code in zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True):
        table[letter] = code
    return "".join(table.get(one) or table.get(one.lower(), one) for one in text)


def vni(text: str) -> str:
    return _by(dict(zip(LETTERS, VNI_BYTES.split(), strict=True)), text, str.upper)


def cp1258(text: str) -> str:
    """Saved so, opened as Windows-1252."""
    apart = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(one for one in marks if one in TONES)
        rest = "".join(one for one in marks if one not in TONES)
        apart.append(unicodedata.normalize("NFC", rest) + tone)
    return "".join(apart).encode("cp1258").decode("cp1252")


def opened_as(encoding: str) -> Callable[[str], str]:
    """UTF-8 that is taken for it; a byte that it leaves out stays one, as browsers have it."""

    def shown(byte: int) -> str:
        try:
            return bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            return chr(byte)

    return lambda text: "".join(map(shown, text.encode()))


def twice(text: str) -> str:
    once = opened_as("cp1252")
    return once(once(text))


def decomposed(text: str) -> str:
    return opened_as("cp1252")(unicodedata.normalize("NFD", text))


CODES: Mapping[str, Callable[[str], str]] = {
    "TCVN3 (ABC)": tcvn3,
    "VNI": vni,
    "Windows-1258": cp1258,
    "UTF-8 as Windows-1252": opened_as("cp1252"),
    "UTF-8 as Latin-1": opened_as("latin-1"),
    "UTF-8 as Windows-1258": opened_as("cp1258"),
    "UTF-8 as Mac Roman": opened_as("mac_roman"),
    "UTF-8 as DOS": opened_as("cp437"),
    "UTF-8 twice": twice,
    "UTF-8 in NFD": decomposed,
}
