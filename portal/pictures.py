"""What stands where a product has no photo: a drawing of its set, on one of a few grounds."""

from zlib import crc32

from contracts.dossier import ProductSet
from portal.catalog import Results

MOTIFS = {
    1: "fruit", 2: "fish", 3: "rice", 4: "honey", 5: "bowl", 6: "cake", 7: "jar", 8: "dried",
    9: "bottle", 10: "chili", 11: "tea", 12: "tea", 13: "bean", 14: "wine", 15: "wine",
    16: "glass", 17: "glass", 18: "herb", 19: "drops", 20: "herb", 21: "craft", 22: "cloth",
    23: "lotus", 24: "plant", 25: "bowlfish", 26: "boat",
}  # fmt: skip
UNKNOWN = "palm"
GROUNDS = 4


def motif(number: int | None) -> str:
    return MOTIFS.get(number or 0, UNKNOWN)


def motif_of(product_set: ProductSet | None) -> str:
    return motif(product_set.number if product_set else None)


def ground(id: str) -> int:
    """The same for a product every time."""
    return crc32(id.encode()) % GROUNDS


def motifs(results: Results) -> list[str]:
    """Those that a page of results shows."""
    sets = [int(choice.value) for choice in results.facets.get("set", [])]
    return sorted({UNKNOWN, *map(motif, sets), *(motif_of(one.set) for one in results.items)})
