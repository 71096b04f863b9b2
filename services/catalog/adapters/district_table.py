"""The figures that came with the platform: those of the report of 2023."""

import csv
from pathlib import Path

import yaml

from services.catalog.domain.district_table import Report, Source

FILE = Path(__file__).parents[1] / "data" / "an-giang-2023-district-table"


def report() -> Report:
    source = yaml.safe_load(FILE.with_suffix(".yaml").read_text(encoding="utf-8"))
    with FILE.with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figures = {
        row.pop("tenant"): {name: int(text) if text else None for name, text in row.items()}
        for row in rows
    }
    return Report(source=Source.model_validate(source), figures=figures)
