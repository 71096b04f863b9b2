"""Product codes (mã sản phẩm): province, commune, a serial that the commune keeps, year.

What it is made of is QĐ 26/2026/QĐ-TTg's; how it is written, with hyphens and the two- and
five-figure codes of the administrative units, is this platform's own.
"""

import re
from typing import NamedTuple, Self

from rules.problems import Found, Wrong

FIRST_YEAR = 2018
"""Of the programme."""


class ProductCode(NamedTuple):
    province: str
    commune: str
    serial: int
    year: int

    def __str__(self) -> str:
        return f"{self.province}-{self.commune}-{self.serial}-{self.year}"

    @classmethod
    def of(cls, text: str) -> Self:
        found = re.fullmatch(r"(\d{2})-(\d{5})-([1-9]\d{0,4})-(\d{4})", text, re.ASCII)
        if found is None:
            raise _wrong(
                "mã có dạng tỉnh-xã-số thứ tự-năm, như 89-30280-12-2026.",
                "a code is province-commune-serial-year, like 89-30280-12-2026.",
            )
        province, commune, serial, year = found.groups()
        if int(year) < FIRST_YEAR:
            raise _wrong(
                f"năm {year} trước khi có chương trình ({FIRST_YEAR}).",
                f"the year {year} is before the programme began ({FIRST_YEAR}).",
            )
        return cls(province, commune, int(serial), int(year))


def _wrong(vi: str, en: str) -> Wrong:
    return Wrong(Found("wrong-code", "code", f"Mã sản phẩm: {vi}", f"Product code: {en}"))
