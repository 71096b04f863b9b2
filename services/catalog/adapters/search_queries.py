"""Questions in Elasticsearch's own terms. No query-string syntax: a person's text is only text,
read as rules.names reads names."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice, pairwise
from typing import Any

from rules.names import Word, joinings, words
from rules.numbers import certificate_number
from rules.regional import formerly, otherwise
from services.catalog.domain.query import FACETS, Facet, Mark, ProductQuery, Reading

Query = dict[str, Any]
FIELDS: dict[Facet, str] = {
    "star": "star",
    "potential": "potential",
    "district": "place.tenant",
    "set": "set.number",
}
MOST_DISTRICTS = 200
CLOSE = "5<-1 9<80%"  # all of up to five words, all but one of up to nine
NEAR = "2<-1 4<75%"
MOST_WAYS = 12
MOST_JOINED = 4
MOST_WORDS = 100  # of 200 characters; a ligature may hide many letters
SURELY = 3  # letters of what may have been two words
NOTHING: Query = {"match_none": {}}
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
    """What must be found, and what counts for more. A certificate's number finds what bears it."""
    if number := certificate_number(q):
        return {"term": {"certificate.number": number}}
    typed = words(q)[:MOST_WORDS]
    if not typed:
        return NOTHING
    match reading:
        case Reading.CLOSE:
            ways = [_all(typed), *map(_all, islice(joinings(typed), MOST_JOINED))]
            ways += [_instead(word, rest, "words") for word, rest in otherwise(q)[:MOST_WAYS]]
            ways += [_instead(unit, rest, "everything") for unit, rest in formerly(q)[:MOST_WAYS]]
        case Reading.NEAR:
            ways = [_most(typed)]
    said = _said(typed)
    head: Query = {"span_term": {"read.name.folded": typed[0].plain}}
    better = [
        _match("name.folded", said, boost=3),
        _match("producer.folded", said),
        _match("everything.pairs", said, boost=2),
        # a Vietnamese name begins with what the thing is
        {"span_first": {"match": head, "end": 1, "boost": 2}},
        *(_phrase("name.folded", pair, boost=3) for pair in _beside_figures(typed)),
    ]
    if any(one.read != one.plain for one in typed):  # diacritics count, and are not asked for
        better += [_match("name", said, boost=3), _match("everything", said)]
    return {"bool": {"must": {"dis_max": {"queries": ways, "tie_breaker": 0.1}}, "should": better}}


def _all(typed: Sequence[Word]) -> Query:
    """Every word, or of a long text all but a few; and every figure."""
    said = [_either(one) for one in typed if not one.is_figure]
    wanted: Query = {"should": said, "minimum_should_match": CLOSE} if said else {}
    return {"bool": {"must": _figures(typed)} | wanted}


def _most(typed: Sequence[Word]) -> Query:
    """Most words, each perhaps mistyped; and every figure, for 5451 is no mistyped 5452."""
    said = _said([one for one in typed if not one.is_figure])
    ways = [
        _match(
            "everything.folded", said, minimum_should_match=NEAR,
            fuzziness="AUTO", prefix_length=1, max_expansions=20,
        ),
        _match("everything.pairs", said, boost=2),
    ]  # fmt: skip
    near = [{"dis_max": {"queries": ways, "tie_breaker": 0.1}}] if said else []
    return {"bool": {"must": [*near, *_figures(typed)]}}


def _either(word: Word) -> Query:
    """The word, or two that stand side by side and may be written as one."""
    alone = _match("everything.folded", word.read)
    if len(word.read) < SURELY:
        return alone
    return {"dis_max": {"queries": [alone, _match("everything.pairs", word.read, boost=0.5)]}}


def _figures(typed: Sequence[Word]) -> list[Query]:
    """No figure is left out. It is found together with what it was typed together with. One that
    was typed alone is found in a name, or beside a neighbour: the 25 of ST 25 is not that of ấp 25.
    """
    if len(typed) == 1:
        return [_either(one) for one in typed if one.is_figure]
    pairs = _beside_figures(typed)
    wanted: list[Query] = []
    for run in _once(_runs(typed)):
        if len(run) > 1:
            ways = [_phrase("everything.folded", run), _parted(run)]
        elif run[0].is_figure:
            beside = [pair for pair in pairs if run[0] in pair]
            ways = [_match("words", run[0].read)]
            ways += [_phrase("everything.folded", pair) for pair in beside]
        else:
            continue
        wanted.append({"bool": {"should": ways}})
    return wanted


def _parted(run: Sequence[Word]) -> Query:
    """With figures that are written apart: N125 is N 12 5."""
    must = [_match(f"everything.{'pairs' if one.is_figure else 'folded'}", one.read) for one in run]
    return {"bool": {"must": must}}


def _runs(typed: Sequence[Word]) -> list[list[Word]]:
    """Words apart, and figures with what they were typed together with."""
    runs: list[list[Word]] = []
    for word in typed:
        if runs and word.is_joined and (word.is_figure or runs[-1][-1].is_figure):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _beside_figures(typed: Sequence[Word]) -> list[Sequence[Word]]:
    return _once(pair for pair in pairwise(typed) if any(one.is_figure for one in pair))


def _once(phrases: Iterable[Sequence[Word]]) -> list[Sequence[Word]]:
    """A text may say one thing a hundred times; it is looked for once."""
    return [*{_said(one): one for one in phrases}.values()]


def _said(typed: Sequence[Word]) -> str:
    return " ".join(one.read for one in typed)


def _phrase(field: str, typed: Sequence[Word], **options: Any) -> Query:
    return {"match_phrase": {f"read.{field}": {"query": _said(typed), **options}}}


def _instead(word: str, rest: str, field: str) -> Query:
    """Another word, written exactly so (folded, lợn is a can), and the rest as typed.

    A region's word is not looked for in addresses: khóm is a pineapple, and in half of them.
    """
    other, left = words(word), words(rest)
    must = [_phrase(field, other), *([_all(left)] if left else [])]
    return {"bool": {"must": must, "should": [_phrase("name", other, boost=6)]}}


def _match(field: str, said: str, **options: Any) -> Query:
    return {"match": {f"read.{field}": {"query": said, **options}}}


def names(q: str, reach: Collection[str], size: int) -> Query:
    """Product names with words that begin like this, each name once."""
    return _beginning(q, "name", "name", "collation", reach, size)


def producers(q: str, reach: Collection[str], size: int) -> Query:
    return _beginning(q, "producer", "producer.name", "producer.id", reach, size)


def _beginning(
    q: str, field: str, shown: str, once: str, reach: Collection[str], size: int
) -> Query:
    """`field`: what is looked in; `shown`: what is told of it; `once`: what is told no more than
    once."""
    typed = words(q)[:MOST_WORDS]
    ways = [_begun(field, way) for way in (typed, *islice(joinings(typed), MOST_JOINED))]
    better: list[Query] = [
        {"match_bool_prefix": {f"read.{field}": {"query": _said(typed), "boost": 2}}},
        {"match_phrase_prefix": {f"read.{field}.folded": {"query": _said(typed)}}},
    ]
    wanted: Query = {"bool": {"must": {"dis_max": {"queries": ways}}, "should": better}}
    return {
        "query": _shown(reach, wanted if typed else NOTHING),
        "collapse": {"field": once},
        "sort": [{"_score": "desc"}, {"collation": "asc"}, {"id": "asc"}],
        "size": size,
        "_source": ["id", shown],
        "track_total_hits": False,
    }


def _begun(field: str, typed: Sequence[Word]) -> Query:
    """Each word, the last perhaps not yet whole; also one in which two were typed together."""
    must: list[Query] = []
    for word in typed:
        kind = "match_bool_prefix" if word is typed[-1] else "match"
        parts = [f"read.{field}.folded", f"read.{field}.pairs"]
        ways = [{kind: {part: {"query": word.read}}} for part in parts]
        must.append({"dis_max": {"queries": ways}})
    return {"bool": {"must": must}}
