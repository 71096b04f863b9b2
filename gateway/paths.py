"""What of an address goes on to a service. Read from the request line itself, because a server
hands over the decoded path, in which %2F and / are the same.
"""

import re
from urllib.parse import quote, unquote_to_bytes

from chassis.problems import NotFound

_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BEFORE = re.compile(r"^https?://[^/]+", re.IGNORECASE)
_IN_SEGMENT = "!$&'()*+,;=:@"


def segments(raw: str) -> list[str]:
    """The path's segments, decoded: names only. No way leads up, to the side, or through two
    readings of one slash. A request line may name scheme and host before it (RFC 9112, 3.2.2).
    """
    first, *rest = _BEFORE.sub("", raw.partition("?")[0]).split("/")
    if first:
        raise _nothing_there()
    return [_name(segment) for segment in rest]


def _name(segment: str) -> str:
    try:
        name = unquote_to_bytes(segment).decode()
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
    """As it was written. A stray % is spelt out: beside it urllib3 would escape every other one."""
    return _STRAY.sub("%25", raw)
