"""What this client needs to know of a product. All else in it is kept as it came."""

from typing import Any

Listing = dict[str, Any]
NEEDED = {"id", "revision", "listed", "name", "producer", "place", "star"}


def readable(listing: Any) -> Listing:
    """Itself, or ValueError. Members that we do not know are no offence: the platform adds some."""
    if not isinstance(listing, dict) or not listing.keys() >= NEEDED:
        raise ValueError("not a product")
    if not {"tenant", "province", "unit"} <= set(listing["place"]):
        raise ValueError("a product without its place")
    if "name" not in listing["producer"]:
        raise ValueError("a product without its producer")
    return listing


def unlisted(listing: Listing) -> Listing:
    return {**listing, "listed": False}


def lies_in(listing: Listing, tenant: str) -> bool:
    return tenant in (listing["place"]["tenant"], listing["place"]["province"])
