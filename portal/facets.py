"""What can be chosen beside the results, in the page's words."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.catalog import Choice, Results
from portal.search import FACETS, Search
from portal.words import say, word

RANKS = ("star", "potential")


@dataclass(frozen=True)
class Option:
    facet: str
    value: int | str
    label: str
    count: int
    chosen: bool
    then: Search
    """The search after choosing it, or after letting it go."""


def of(results: Results, search: Search) -> dict[str, list[Option]]:
    """Only what finds something, and what is chosen."""
    return {facet: list(_options(facet, results, search)) for facet in FACETS}


def _options(facet: str, results: Results, search: Search) -> Iterator[Option]:
    choices = {str(choice.value): choice for choice in results.facets.get(facet, [])}
    for other, value in search.chosen:
        if other == facet and value not in choices:
            choices[value] = Choice(value=value, count=0)
    in_order = list(choices.values())
    if facet in RANKS:
        in_order.sort(key=lambda choice: str(choice.value), reverse=True)
    for choice in in_order:
        chosen = search.has(facet, choice.value)
        if choice.count or chosen:
            then = search.toggled(facet, choice.value)
            yield Option(facet, choice.value, _label(facet, choice), choice.count, chosen, then)


def _label(facet: str, choice: Choice) -> str:
    match facet:
        case "star":
            return say("{n} sao", "{n} stars", n=choice.value)
        case "potential":
            return say("Tiềm năng {n} sao", "Potential {n} stars", n=choice.value)
    return word(choice.label) if choice.label else str(choice.value)
