"""What of an address goes on to a service. Read from the request line itself, because a server
hands over the decoded path, in which %2F and / are the same.
"""

import re
from urllib.parse import quote, unquote_to_bytes

from chassis.problems import NotFound

_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ASCII = "".join(chr(code) for code in range(0x21, 0x7F))
_IN_SEGMENT = "!$&'()*+,;=:@"


def segments(raw: str) -> list[str]:
    """The path's segments, decoded: names only. No way leads up, to the side, or through two
    readings of one slash.
    """
    first, *rest = raw.partition("?")[0].split("/")
    if first:
        raise _nothing_there()
    return [_name(segment) for segment in rest]


def _name(segment: str) -> str:
    try:
        name = unquote_to_bytes(segment.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise _nothing_there() from None
    if name in ("", ".", "..") or any(char in "/\\" or not char.isprintable() for char in name):
        raise _nothing_there()
    return name


def _nothing_there() -> NotFound:
    return NotFound("Không có địa chỉ này.", "There is no such address.")


def path(*names: str) -> str:
    return "".join(f"/{quote(name, safe=_IN_SEGMENT)}" for name in names)


def query(raw: str) -> str:
    """Unchanged in meaning, in ASCII: what a server has to guess at is spelt out."""
    return quote(_STRAY.sub("%25", raw).encode("latin-1"), safe=_ASCII)
