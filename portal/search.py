"""What is looked for. Its one form is the address: it can be kept, sent and gone back to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

FACETS = ("star", "potential", "district", "set")
PAGE = 24


@dataclass(frozen=True)
class Search:
    q: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    """(facet, value), as the address has them. Whether a value makes sense the catalogue says."""
    cursor: str | None = None

    @classmethod
    def of(cls, address: MultiDict[str, str]) -> "Search":
        chosen = [(facet, value) for facet in FACETS for value in address.getlist(facet) if value]
        return cls(
            q=address.get("q", "").strip(),
            chosen=tuple(dict.fromkeys(chosen)),
            cursor=address.get("cursor") or None,
        )

    @property
    def is_everything(self) -> bool:
        return self == Search()

    @property
    def address(self) -> dict[str, list[str]]:
        """For `url_for`."""
        found: dict[str, list[str]] = {}
        for name, value in self._pairs():
            found.setdefault(name, []).append(value)
        return found

    @property
    def question(self) -> list[tuple[str, str]]:
        """For the catalogue."""
        return [*self._pairs(), ("limit", str(PAGE))]

    def _pairs(self) -> Iterator[tuple[str, str]]:
        if self.q:
            yield "q", self.q
        yield from self.chosen
        if self.cursor:
            yield "cursor", self.cursor

    def has(self, facet: str, value: object) -> bool:
        return (facet, str(value)) in self.chosen

    def toggled(self, facet: str, value: object) -> "Search":
        one = (facet, str(value))
        rest = tuple(other for other in self.chosen if other != one)
        chosen = rest if one in self.chosen else (*rest, one)
        return Search(self.q, tuple(sorted(chosen, key=lambda pair: FACETS.index(pair[0]))))

    def asking(self, q: str) -> "Search":
        return replace(self, q=q, cursor=None)

    def page(self, cursor: str | None) -> "Search":
        return replace(self, cursor=cursor)

    def unfiltered(self) -> "Search":
        return Search(self.q)
