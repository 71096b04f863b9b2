"""Numbers of papers (decisions, certificates) as people type them from the paper, or copy them."""

import regex

from rules.letters import mended
from rules.vietnamese import folded

CERTIFICATE = r"^\d{2,6}/\d{4}/OCOP-[A-Z0-9-]+$"
"""01/2026/OCOP-HUYEN-MAU: serial, year, who decided."""
_LEAD = regex.compile(
    r"^(?:[\p{L}\s]*\b)?(?:số(?:\s+hiệu)?|so|no|nº|n°|№|number)\s*[.:]*\s*(?=\d)", regex.I
)
_SLASH = regex.compile(r"\s*[/\\\u2044\u2215]\s*")
_DASH = regex.compile(r"\s*\p{Dash}\s*")
_CERTIFICATE = regex.compile(r"0*(\d{1,6})[-/ ](\d{4})[-/ ]ocop[-/ ]?([a-z0-9]+(?:[- ][a-z0-9]+)*)")


def as_printed(text: str) -> str:
    """As it stands on the paper, without “Số” before it, with plain signs and no blanks around."""
    line = _LEAD.sub("", " ".join(mended(text).split()))
    return str(_DASH.sub("-", _SLASH.sub("/", line))).strip(" .,;:“”\"'")


def number_key(text: str) -> str:
    """Equal for two that are one number to whoever reads them: 05/QĐ-UBND and 5/qd–ubnd."""
    letters = regex.sub(r"[^a-z0-9/-]|(?<!\d)-|-(?!\d)", "", folded(as_printed(text)))
    return str(regex.sub(r"^0+(?=\d)", "", letters))


def certificate_number(text: str) -> str | None:
    """As CERTIFICATE says; None where it is no certificate's number."""
    found = _CERTIFICATE.fullmatch(folded(as_printed(text)))
    if found is None:
        return None
    serial, year, who = found.groups()
    return f"{int(serial):02}/{year}/OCOP-{who.upper().replace(' ', '-')}"
