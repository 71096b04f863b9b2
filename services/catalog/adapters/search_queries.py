"""Questions in Elasticsearch's own terms. No query-string syntax: a person's text is only text."""

import re
import unicodedata
from collections.abc import Collection
from typing import Any
from zlib import crc32

from rules.regional import formerly, otherwise
from rules.vietnamese import folded, key
from services.catalog.domain.query import FACETS, Facet, Mark, ProductQuery, Reading

Query = dict[str, Any]
FIELDS: dict[Facet, str] = {
    "star": "star",
    "potential": "potential",
    "district": "place.tenant",
    "set": "set.number",
}
MOST_DISTRICTS = 200
CLOSE = "5<-1 9<80%"  # all of up to five syllables, all but one of up to nine
NEAR = "2<-1 4<75%"
MOST_WAYS = 12
_OF_PICTURES = "\u200d\ufe0e\ufe0f\u20e3"
"""What joins and shapes emoji."""
BROWSING = [{"star": "desc"}, {"collation": "asc"}, {"id": "asc"}]
RANKING = [{"_score": "desc"}, *BROWSING]


def products(query: ProductQuery, reach: Collection[str], limit: int, mark: Mark) -> Query:
    """One request: the page, the exact total, and each facet without its own filter."""
    filters: dict[Facet, Query] = {
        facet: {"terms": {FIELDS[facet]: values}} for facet, values in query.chosen.items()
    }
    wanted: Query = {
        "query": _shown(reach, text(query.q, mark.reading) if query.q else None),
        "post_filter": {"bool": {"filter": list(filters.values())}},
        "aggs": {facet: _facet(facet, filters) for facet in FACETS}
        | {"matched": {"filter": {"match_all": {}}}},
        "sort": RANKING if query.q else BROWSING,
        "size": limit,
        "track_total_hits": True,
        # the same copy of the index for all pages, as copies differ a little in their scores
        "preference": f"{crc32(query.q.encode()):08x}",
    }
    if mark.last is not None:
        wanted["search_after"] = mark.last
    return wanted


def _shown(reach: Collection[str], must: Query | None) -> Query:
    """Only what is listed, and only within reach."""
    filters = [{"term": {"listed": True}}, {"terms": {"place.tenant": sorted(reach)}}]
    return {"bool": {"filter": filters} | ({"must": must} if must else {})}


def _facet(facet: Facet, filters: dict[Facet, Query]) -> Query:
    others = [one for other, one in filters.items() if other != facet]
    size = MOST_DISTRICTS if facet == "district" else 26
    return {
        "filter": {"bool": {"filter": others}},
        "aggs": {"values": {"terms": {"field": FIELDS[facet], "size": size}}},
    }


def text(q: str, reading: Reading) -> Query:
    """What must be found, and what counts for more."""
    q = worded(q)
    match reading:
        case Reading.CLOSE:
            ways = [_all(q)]
            ways += [_instead(word, rest, "words") for word, rest in otherwise(q)[:MOST_WAYS]]
            ways += [_instead(unit, rest, "everything") for unit, rest in formerly(q)[:MOST_WAYS]]
        case Reading.NEAR:
            ways = [
                _match(
                    "everything.folded", q, minimum_should_match=NEAR,
                    fuzziness="AUTO", prefix_length=1, max_expansions=20,
                ),
                _match("everything.pairs", q, boost=2),
            ]  # fmt: skip
    better = [
        _match("name.folded", q, boost=3),
        _match("producer.name.folded", q),
        _match("everything.pairs", q, boost=2),
    ]
    if first := re.search(r"\w+", folded(q)):  # a Vietnamese name begins with what the thing is
        head: Query = {"span_term": {"name.folded": first[0]}}
        better.append({"span_first": {"match": head, "end": 1, "boost": 2}})
    if key(q) != folded(q):  # typed with diacritics: they count, and are not asked for
        better += [_match("name", q, boost=3), _match("everything", q)]
    return {"bool": {"must": {"dis_max": {"queries": ways, "tie_breaker": 0.1}}, "should": better}}


def worded(q: str) -> str:
    """Without the pictures and signs beside the words, which would be words that no name has. Where
    there is nothing else they stay, and find nothing."""
    if not any(letter.isalnum() for letter in q):
        return q
    return "".join(" " if _is_sign(letter) else letter for letter in q)


def _is_sign(letter: str) -> bool:
    return letter in _OF_PICTURES or unicodedata.category(letter) in ("Sc", "Sk", "Sm", "So")


def _all(q: str) -> Query:
    return _match("everything.folded", q, minimum_should_match=CLOSE)


def _instead(word: str, rest: str, field: str) -> Query:
    """Another word, written exactly so (folded, lợn is a can), and the rest as typed.

    A region's word is not looked for in addresses: khóm is a pineapple, and in half of them.
    """
    said: Query = {"match_phrase": {field: word}}
    named: Query = {"match_phrase": {"name": {"query": word, "boost": 6}}}
    return {"bool": {"must": [said, _all(rest)] if rest else [said], "should": [named]}}


def _match(field: str, q: str, **options: Any) -> Query:
    return {"match": {field: {"query": q, **options}}}


def names(q: str, reach: Collection[str], size: int) -> Query:
    """Product names with syllables that begin like this, each name once."""
    return _beginning("name", "collation", q, reach, size)


def producers(q: str, reach: Collection[str], size: int) -> Query:
    return _beginning("producer.name", "producer.id", q, reach, size)


def _beginning(field: str, once: str, q: str, reach: Collection[str], size: int) -> Query:
    q = worded(q)

    def match(field: str, **options: Any) -> Query:
        return {"match_bool_prefix": {field: {"query": q, "operator": "and", **options}}}

    first: Query = {"match_phrase_prefix": {f"{field}.folded": {"query": q}}}
    wanted: Query = {
        "bool": {"must": match(f"{field}.folded"), "should": [match(field, boost=2), first]}
    }
    return {
        "query": _shown(reach, wanted),
        "collapse": {"field": once},
        "sort": [{"_score": "desc"}, {"collation": "asc"}, {"id": "asc"}],
        "size": size,
        "_source": ["id", field],
        "track_total_hits": False,
    }
