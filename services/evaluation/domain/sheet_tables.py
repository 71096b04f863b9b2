"""The tables of a member's score sheet: criteria as rows, the products of one set as columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rules.editions import SECTIONS, Edition, Heading, section
from rules.sheets import Sheet
from services.evaluation.domain.papers import COLUMNS, SheetColumn, SheetRow, SheetTable


class FilledSheet(NamedTuple):
    """A column, and the sheet that it shows."""

    column: SheetColumn
    sheet: Sheet


def sheet_tables(edition: Edition, filled: Iterable[FilledSheet]) -> tuple[SheetTable, ...]:
    """A member's sheets in as few tables as they have sets, in the order of the sets."""

    def of(one: FilledSheet) -> tuple[int, str]:
        return one.sheet.product_set.number, one.sheet.case or ""

    return tuple(
        table
        for _, group in groupby(sorted(filled, key=of), key=of)
        for table in _tables(edition, list(group))
    )


def _tables(edition: Edition, filled: Sequence[FilledSheet]) -> Iterator[SheetTable]:
    of, case = filled[0].sheet.product_set, filled[0].sheet.case
    for start in range(0, len(filled), COLUMNS):
        beside = filled[start : start + COLUMNS]
        yield SheetTable(
            set_number=of.number,
            set_label=of.label.vi,
            case=edition.cases[case].vi if case else None,
            columns=tuple(one.column for one in beside),
            rows=tuple(_rows(edition, [one.sheet for one in beside])),
        )


def _rows(edition: Edition, sheets: Sequence[Sheet]) -> Iterator[SheetRow]:
    """Sections, headings and criteria in the order of the official sheet."""
    of = sheets[0].product_set
    points = {
        code: tuple(one.options[sheet.options[code] - 1].points for sheet in sheets)
        for code, one in of.criteria.items()
    }

    def summed(codes: Iterable[str]) -> tuple[int, ...]:
        return tuple(map(sum, zip(*(points[code] for code in codes), strict=True)))

    headings = {one.code: one for one in of.headings}
    told: set[str] = set()
    for code, one in of.criteria.items():
        if (letter := section(code)) not in told:
            told.add(letter)
            inside = [other for other in of.criteria if section(other) == letter]
            label, most = edition.sections[letter].vi, SECTIONS[letter]
            yield SheetRow(code=letter, label=label, most=most, points=summed(inside))
        for heading in _above(code, headings):
            if heading.code not in told:
                told.add(heading.code)
                inside = [other for other in of.criteria if other.startswith(f"{heading.code}.")]
                yield SheetRow(
                    code=heading.code, label=heading.label.vi, most=heading.most,
                    points=summed(inside),
                )  # fmt: skip
        yield SheetRow(
            code=code, label=one.label.vi, most=one.most, points=points[code],
            options=tuple(sheet.options[code] for sheet in sheets),
        )  # fmt: skip


def _above(code: str, headings: dict[str, Heading]) -> Iterator[Heading]:
    """The headings that a criterion lies under, the outer one first."""
    parts = code.split(".")
    for count in range(1, len(parts)):
        if found := headings.get(".".join(parts[:count])):
            yield found
