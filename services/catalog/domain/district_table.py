"""The district table (appendix I of the yearly report): which ranks the products of each unit held
on a day, counted from the records, beside what an office reported.

Figures that disagree stand side by side. What cannot be counted from records is only entered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel

from contracts.evaluation import CertificateFacts
from contracts.tenant import Tenant
from services.catalog.domain.records import Record

Basis = Literal["counted", "reported", "entered"]
Figures = Mapping[str, int | None]
"""By column. None is blank, not known, and never zero."""
Cell = dict[Basis, int | None]


class Label(BaseModel):
    vi: str
    en: str


class Column(BaseModel):
    name: str
    label: Label
    basis: Basis


class Source(BaseModel):
    """Where the reported and the entered figures come from."""

    title: Label
    reported_on: date


class Report(BaseModel):
    """`figures`: by tenant, in the order in which the report prints them."""

    source: Source
    figures: dict[str, Figures]


class Row(BaseModel):
    tenant: str
    unit: str
    cells: dict[str, Cell]


class DistrictTable(BaseModel):
    as_of: date
    source: Source
    columns: list[Column]
    rows: list[Row]
    total: dict[str, Cell]


def _column(name: str, basis: Basis, vi: str, en: str) -> Column:
    return Column(name=name, label=Label(vi=vi, en=en), basis=basis)


COLUMNS = [
    _column("documents_issued", "entered", "Văn bản đã ban hành", "Documents issued"),
    _column("valid_total", "counted", "Tổng số sản phẩm", "Products in all"),
    _column("stars_5", "counted", "5 sao", "5 stars"),
    _column("potential_5", "counted", "Tiềm năng 5 sao", "Potential 5 stars"),
    _column("stars_4", "counted", "4 sao", "4 stars"),
    _column("stars_3", "counted", "3 sao", "3 stars"),
    _column("certified_2023", "entered", "Công nhận năm 2023", "Certified in 2023"),
    _column(
        "council_sessions_2023", "entered", "Số lần họp Hội đồng 2023", "Council sessions 2023"
    ),
    _column("planned_2024", "entered", "Kế hoạch năm 2024", "Planned for 2024"),
]


def tabulate(
    records: Iterable[Record], units: Sequence[Tenant], report: Report, day: date
) -> DistrictTable:
    """A row for each of the units, first those that the report prints, in its order."""
    counts = _counts(records, day)
    place = {tenant: number for number, tenant in enumerate(report.figures)}
    rows = [
        Row(
            tenant=unit.slug,
            unit=unit.name.vi,
            cells=_cells(counts[unit.slug], report.figures.get(unit.slug, {})),
        )
        for unit in sorted(units, key=lambda unit: place.get(unit.slug, len(place)))
    ]
    total = {column.name: _sum([row.cells[column.name] for row in rows]) for column in COLUMNS}
    return DistrictTable(as_of=day, source=report.source, columns=COLUMNS, rows=rows, total=total)


def _counts(records: Iterable[Record], day: date) -> dict[str, Counter[str]]:
    """By tenant, how many products each column has. What was taken back never was."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        certificate = record.certificate_on(day) if record.listed else None
        if certificate:
            counts[record.tenant].update(("valid_total", _printed_in(certificate)))
    return counts


def _printed_in(certificate: CertificateFacts) -> str:
    """A product that is potential 5 holds 4 stars; the table prints it apart, and only there."""
    return "potential_5" if certificate.potential == 5 else f"stars_{certificate.star}"


def _cells(counted: Counter[str], reported: Figures) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for column in COLUMNS:
        figure = reported.get(column.name)
        if column.basis == "counted":
            cells[column.name] = {"counted": counted[column.name], "reported": figure}
        else:
            cells[column.name] = {"entered": figure}
    return cells


def _sum(cells: Sequence[Cell]) -> Cell:
    """Of what is known; None where nothing is."""
    total: Cell = {}
    for basis in dict.fromkeys(basis for cell in cells for basis in cell):
        known = [figure for cell in cells if (figure := cell[basis]) is not None]
        total[basis] = sum(known) if known else None
    return total
