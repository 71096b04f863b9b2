"""What this client needs to know of a product. All else in it is kept as it came."""

from typing import Any

Listing = dict[str, Any]
NEEDED = ("id", "revision", "listed", "name", "producer", "place", "star")


def readable(listing: Any) -> Listing:
    """Itself, or ValueError. Members that we do not know are no offence: the platform adds some."""
    if not isinstance(listing, dict) or not all(name in listing for name in NEEDED):
        raise ValueError("not a product")
    if not {"tenant", "unit"} <= set(listing["place"]) or "name" not in listing["producer"]:
        raise ValueError("a product without its place or producer")
    return dict(_without_nulls(listing))


def unlisted(listing: Listing) -> Listing:
    return {**listing, "listed": False}


def lies_in(listing: Listing, tenant: str) -> bool:
    return tenant in (listing["place"]["tenant"], listing["place"].get("province"))


def _without_nulls(value: Any) -> Any:
    """Unknown is said by null in some answers and by nothing in others; here by nothing."""
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(one) for name, one in value.items() if one is not None}
