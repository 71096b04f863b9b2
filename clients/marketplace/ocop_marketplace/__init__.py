"""Follows the certified OCOP products of a province. Begin at `follow`."""

from ocop_marketplace.following import follow
from ocop_marketplace.problems import Refused
from ocop_marketplace.store import Change

__all__ = ["Change", "Refused", "__version__", "follow"]
__version__ = "1.1.0"
