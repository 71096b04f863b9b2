"""Which headers pass the door. Inwards only those named here: nothing a caller sends can look like
what the platform says of itself. Outwards all but those of the connection.
"""

from collections.abc import Iterable

from werkzeug.datastructures import Headers

from gateway.packing import as_services_name_it

INWARDS = (
    "Accept",
    "Accept-Language",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Range",
    "User-Agent",
)
CONNECTION = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade",
    "date", "server", "x-request-id",  # the gateway's own
})  # fmt: skip


def inwards(given: Headers) -> dict[str, str]:
    found = {name: given[name] for name in INWARDS if name in given}
    if tags := found.get("If-None-Match"):
        found["If-None-Match"] = as_services_name_it(tags)
    return found


def outwards(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    pairs = list(given)
    named = {
        token.strip().lower()
        for name, value in pairs
        if name.lower() == "connection"
        for token in value.split(",")
    }
    return [pair for pair in pairs if pair[0].lower() not in CONNECTION | named]
