"""What the public asks of the catalogue, and what it is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from contracts.catalog import Listing
from contracts.dossier import Star
from contracts.text import Search, Slug

HigherStar = Annotated[int, Field(ge=4, le=5)]  # what Potential is, read from an address
SetNumber = Annotated[int, Field(ge=1, le=26)]
Facet = Literal["star", "potential", "district", "set"]
FACETS: tuple[Facet, ...] = ("star", "potential", "district", "set")


class ProductQuery(BaseModel):
    """Values of one filter are alternatives; filters add up."""

    model_config = ConfigDict(frozen=True)

    q: Search = ""
    """Empty: everything."""
    star: list[Star] = Field(default_factory=list, max_length=3)
    potential: list[HigherStar] = Field(default_factory=list, max_length=2)
    district: list[Slug] = Field(default_factory=list, max_length=50)
    set: list[SetNumber] = Field(default_factory=list, max_length=26)

    @property
    def chosen(self) -> dict[Facet, list[Any]]:
        """The filters in use."""
        values: dict[Facet, list[Any]] = {facet: getattr(self, facet) for facet in FACETS}
        return {facet: those for facet, those in values.items() if those}


class Reading(StrEnum):
    """How strictly the text is taken."""

    CLOSE = "close"  # every syllable, with or without its diacritics
    NEAR = "near"  # most of them, each perhaps mistyped


@dataclass(frozen=True)
class Found:
    """A page. `matched`: how many the text alone finds; `total`: with all filters.

    `facets`: (value, count), each counted without its own filter. `view`: the index as it was when
    the page was read; `last`: where in it the page ends, None where the list does.
    """

    total: int
    matched: int
    listings: list[Listing]
    facets: dict[Facet, list[tuple[Any, int]]]
    view: str
    last: list[Any] | None


@dataclass(frozen=True)
class Mark:
    """Where a further page begins: in the same view, behind `last`, read as the first one was."""

    reading: Reading = Reading.CLOSE
    view: str | None = None
    last: list[Any] | None = None


class Suggestion(NamedTuple):
    """`id`: the product of this name; None for a producer's name."""

    text: str
    id: str | None
