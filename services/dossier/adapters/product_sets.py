"""Which of the 26 sets the platform assigned to a product, by a file of its own."""

import csv
from collections.abc import Mapping
from pathlib import Path

from services.dossier.domain.products import product_key

FILE = Path(__file__).parents[1] / "data" / "assigned-sets.csv"


def assigned_sets() -> Mapping[tuple[str, str], int]:
    """By district and the product's key."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            (row["district"], product_key(row["product"], row["producer"])): int(row["set"])
            for row in csv.DictReader(file)
        }
