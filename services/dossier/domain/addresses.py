"""Which of a province's districts an address lies in, read as people write addresses.

From its right end: the province and the country may stand there, and then the district, with what
it is ("huyện", "TP.") or without. What stands further left never decides: wards and communes bear
the names of districts (phường Châu Phú B in Châu Đốc, thị trấn Chợ Mới).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from contracts.tenant import Tenant, Unit, UnitKind
from contracts.text import Words
from rules.vietnamese import folded, key

_PREFIXES = {
    "thành phố": UnitKind.CITY,
    "tp": UnitKind.CITY,
    "tp.": UnitKind.CITY,
    "thị xã": UnitKind.TOWN,
    "tx": UnitKind.TOWN,
    "tx.": UnitKind.TOWN,
    "huyện": UnitKind.DISTRICT,
    "h.": UnitKind.DISTRICT,
    "tỉnh": UnitKind.PROVINCE,
    "t.": UnitKind.PROVINCE,
}
_PREFIXES |= {folded(prefix): kind for prefix, kind in _PREFIXES.items()}
_KIND_VI = {
    UnitKind.CITY: "thành phố",
    UnitKind.TOWN: "thị xã",
    UnitKind.DISTRICT: "huyện",
    UnitKind.PROVINCE: "tỉnh",
}
_COUNTRY = {"viet nam", "vietnam", "vn"}
_BETWEEN = re.compile(r"[,;\n]|\s[-–]\s|\s(?=(?:huyện|thị xã|thành phố|tỉnh)\s)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A part of an address, as written: what it says it is, and its name."""

    kind: UnitKind | None
    name: str
    whole: str

    @classmethod
    def of(cls, text: str) -> "Part":
        words = text.strip(" .").replace(".", ". ").split()
        whole = " ".join(words)
        for count in (2, 1):
            kind = _PREFIXES.get(key(" ".join(words[:count])))
            if kind and len(words) > count:
                return cls(kind, " ".join(words[count:]), whole)
        return cls(None, whole, whole)

    @cached_property
    def folded_name(self) -> str:
        return folded(self.name)

    @cached_property
    def folded_whole(self) -> str:
        return folded(self.whole)


@dataclass(frozen=True)
class Place:
    """A unit by the names that people give it."""

    slug: str
    kind: UnitKind
    name: str

    @classmethod
    def of(cls, slug: str, unit: Unit) -> "Place":
        return cls(slug, unit.kind, Part.of(unit.name).name)

    @cached_property
    def folded(self) -> str:
        return folded(self.name)

    @cached_property
    def initials(self) -> str:
        return "".join(word[0] for word in self.folded.split())

    def is_meant_by(self, part: Part) -> bool:
        """The whole is looked at first: “tinh bien” is a town and no province Biên."""
        if part.folded_whole == self.folded:
            return True
        if part.kind and (part.kind is UnitKind.PROVINCE) != (self.kind is UnitKind.PROVINCE):
            return False
        if part.kind or self.kind is UnitKind.PROVINCE:  # LX alone is no name, TP.LX is one
            return part.folded_name in (self.folded, self.initials)
        return False

    def said(self) -> str:
        return f"{_KIND_VI[self.kind]} {self.name}"


@dataclass(frozen=True)
class Reading:
    """The district's slug and what to look at again; or None and why no district was read."""

    district: str | None
    remark: Words | None = None


class Gazetteer:
    """The districts of one province, or the one district that keeps records for itself."""

    def __init__(self, province: Tenant, districts: Iterable[Tenant]) -> None:
        self._province = Place.of(province.slug, province.unit)
        self._districts = [Place.of(one.slug, one.unit) for one in districts]

    def read(self, address: str) -> Reading:
        parts = [Part.of(part) for part in _BETWEEN.split(address) if part.strip(" .")]
        while parts and self._is_outside(parts[-1]):
            parts.pop()
        if not parts:
            return Reading(None, _NO_DISTRICT)
        *left, last = parts
        found = [place for place in self._districts if place.is_meant_by(last)]
        if len(found) != 1:
            return Reading(None, self._unknown(last, left))
        place = found[0]
        for part in left:
            if part.kind and any(one.is_meant_by(part) for one in self._districts if one != place):
                return Reading(None, _two(part, place))
        return Reading(place.slug, _remark(last, place))

    def _is_outside(self, part: Part) -> bool:
        return part.folded_name in _COUNTRY or self._province.is_meant_by(part)

    def _unknown(self, last: Part, left: Sequence[Part]) -> Words:
        if any(place.is_meant_by(part) for part in left for place in self._districts):
            return Words(
                f"“{last.name}” đứng sau tên huyện mà không phải {self._province.said()}: "
                "xem lại tỉnh của địa chỉ này.",
                f"“{last.name}” stands behind the district and is not {self._province.name}: "
                "check which province this address is in.",
            )
        names = {place.folded: place for place in self._districts}
        near = get_close_matches(last.folded_name, names, n=1, cutoff=0.75)
        meant = names[near[0]].said() if near else None
        return Words(
            _NO_DISTRICT.vi + (f" Có phải là {meant}?" if meant else ""),
            _NO_DISTRICT.en + (f" Is {meant} meant?" if meant else ""),
        )


_NO_DISTRICT = Words(
    "Không đọc được huyện, thị xã, thành phố từ địa chỉ: ghi ở cuối, trước tên tỉnh.",
    "No district can be read from the address: write it at the end, before the province.",
)


def _two(part: Part, place: Place) -> Words:
    return Words(
        f"Địa chỉ nêu hai nơi: {part.name} và {place.name}. Chỉ ghi một.",
        f"The address names two districts: {part.name} and {place.name}. Write one.",
    )


def _remark(part: Part, place: Place) -> Words | None:
    """A slip of the pen is understood and told; it may be more than a slip."""
    name = part.whole if part.folded_whole == place.folded else part.name
    if key(name) != key(place.name) and folded(name) == place.folded:
        return Words(
            f"“{name}” được hiểu là {place.said()}.", f"“{name}” was taken for {place.name}."
        )
    if part.kind and name == part.name and part.kind is not place.kind:
        return Words(
            f"Ghi “{_KIND_VI[part.kind]} {name}”; nơi này là {place.said()}.",
            f"Written as a {part.kind} and is a {place.kind}: {place.name}.",
        )
    return None
