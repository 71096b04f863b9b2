"""The search index: its fields, made from the Listing model, and how Vietnamese is analysed.

No plugin. Every text is indexed twice, with diacritics (`exact`) and without (`folded`); pairs of
neighbouring syllables stand in for words.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from contracts.catalog import Listing
from rules.vietnamese import OLDER_TONE

DERIVED = ("set_label", "collation")
"""What a document has beside the listing. It is indexed, and no part of what is read back."""

_FOLDED = {"type": "text", "analyzer": "folded"}
_TEXT = {"type": "text", "analyzer": "exact", "fields": {"folded": _FOLDED}}
_PAIRS = {"type": "text", "analyzer": "pairs"}
_SEARCHED: dict[str, dict[str, Any]] = {
    "name": _TEXT | {"copy_to": ["words", "everything"]},
    "producer.name": _TEXT | {"copy_to": ["words", "everything"]},
    "place.unit": {"type": "text", "index": False, "copy_to": ["words", "everything"]},
    "place.address": {"type": "text", "index": False, "copy_to": "everything"},
    "today.name": {"type": "text", "index": False, "copy_to": ["name", "words", "everything"]},
    "today.producer": {
        "type": "text",
        "index": False,
        "copy_to": ["producer.name", "words", "everything"],
    },
    "today.address": {"type": "text", "index": False, "copy_to": "everything"},
}


def body(replicas: int) -> dict[str, Any]:
    """What an index is created with."""
    mappings = {
        "dynamic": False,
        "_source": {"excludes": list(DERIVED)},
        "properties": {
            **properties(Listing),
            "set_label": {"type": "text", "index": False, "copy_to": ["words", "everything"]},
            "collation": {"type": "keyword"},
            "words": {"type": "text", "analyzer": "exact"},  # all but the address
            "everything": _TEXT | {"fields": {"folded": _FOLDED, "pairs": _PAIRS}},
        },
    }
    settings = {
        "number_of_shards": 1,
        "number_of_replicas": replicas,
        "refresh_interval": "500ms",
        "analysis": analysis(),
    }
    shape = hashlib.sha256(json.dumps([mappings, analysis()]).encode()).hexdigest()[:16]
    return {"mappings": mappings | {"_meta": {"shape": shape}}, "settings": settings}


def properties(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """A field of the index for every field of the model."""
    return {
        name: _SEARCHED.get(f"{prefix}{name}") or _field(field.annotation, f"{prefix}{name}.")
        for name, field in model.model_fields.items()
    }


def _field(annotation: Any, prefix: str) -> dict[str, Any]:
    kinds = set(_kinds(annotation))
    if len(kinds) == 1:
        kind = kinds.pop()
        if issubclass(kind, BaseModel):
            return {"properties": properties(kind, prefix)}
        if issubclass(kind, bool):
            return {"type": "boolean"}
        if issubclass(kind, int):
            return {"type": "long"}
        if issubclass(kind, date):
            return {"type": "date"}
        if issubclass(kind, str | Enum):
            return {"type": "keyword"}
    raise TypeError(f"{prefix[:-1]}: no field of the index for {annotation}")


def _kinds(annotation: Any) -> Iterator[type]:
    """The classes that a value may be of, None left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin is Literal:
        yield from {type(value) for value in get_args(annotation)}
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _kinds(one)
    elif annotation is not type(None):
        yield annotation


def analysis() -> dict[str, Any]:
    folding = ["lowercase", "asciifolding"]
    return {
        "char_filter": {
            "older_tone": {"type": "mapping", "mappings": list(_tone_mappings())},
            # asciifolding leaves what is typed decomposed
            "unmarked": {"type": "pattern_replace", "pattern": r"\p{M}+", "replacement": ""},
        },
        "filter": {
            "pair": {
                "type": "shingle",
                "output_unigrams": False,
                "output_unigrams_if_no_shingles": True,
                "token_separator": "",  # so that thotnot is thốt nốt as well
            },
        },
        "analyzer": {
            "exact": {
                "char_filter": ["older_tone"],
                "tokenizer": "standard",
                "filter": ["lowercase"],
            },
            "folded": {"char_filter": ["unmarked"], "tokenizer": "standard", "filter": folding},
            "pairs": {
                "char_filter": ["unmarked"],
                "tokenizer": "standard",
                "filter": [*folding, "pair"],
            },
        },
    }


def _tone_mappings() -> Iterator[str]:
    """The rule of rules.vietnamese, in all letter cases, as this comes before lowercase."""
    for newer, older in OLDER_TONE.items():
        for first in (str.lower, str.upper):
            for second in (str.lower, str.upper):
                yield f"{first(newer[0])}{second(newer[1])}=>{first(older[0])}{second(older[1])}"
