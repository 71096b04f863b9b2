"""The search index: its fields, made from the Listing model, and those that are searched.

No plugin. How Vietnamese is read is said in rules.names, for what is indexed and for what is asked;
here it is only parted at blanks. Every text is indexed twice, with diacritics and without
(`folded`); pairs of neighbouring words stand in for what was written as one.
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
from rules.names import as_read

DERIVED = ("read", "collation")
"""What a document has beside the listing. It is indexed, and no part of what is read back."""

_FOLDED = {"type": "text", "analyzer": "folded"}
_PAIRS = {"type": "text", "analyzer": "pairs"}
_TEXT = {"type": "text", "analyzer": "words", "fields": {"folded": _FOLDED, "pairs": _PAIRS}}
_ALL_LETTERS = "".join(map(chr, range(0x20, 0x2100)))
_SAMPLE = f"ST25 OM-5451 1.000 Lý quýt tay Đ'ran hoà {_ALL_LETTERS} {' '.join(_ALL_LETTERS)}"


def body(replicas: int) -> dict[str, Any]:
    """What an index is created with. Its `shape` tells one whose documents are read otherwise."""
    mappings = {
        "dynamic": False,
        "_source": {"excludes": list(DERIVED)},
        "properties": {
            **properties(Listing),
            "read": {
                "properties": {
                    "name": _TEXT,
                    "producer": _TEXT,
                    "words": {"type": "text", "analyzer": "words"},  # all but the address
                    "everything": _TEXT,
                }
            },
            "collation": {"type": "keyword"},
        },
    }
    settings = {
        "number_of_shards": 1,
        "number_of_replicas": replicas,
        "refresh_interval": "500ms",
        "analysis": analysis(),
    }
    shape = json.dumps([mappings, analysis(), as_read(_SAMPLE)])
    meta = {"shape": hashlib.sha256(shape.encode()).hexdigest()[:16]}
    return {"mappings": mappings | {"_meta": meta}, "settings": settings}


def properties(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """A field of the index for every field of the model."""
    return {
        name: _field(field.annotation, f"{prefix}{name}.")
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
    return {
        "filter": {
            "pair": {
                "type": "shingle",
                "output_unigrams": False,
                "output_unigrams_if_no_shingles": True,
                "token_separator": "",  # so that thotnot is thốt nốt as well
            },
        },
        "analyzer": {
            "words": {"tokenizer": "whitespace"},
            "folded": {"tokenizer": "whitespace", "filter": ["asciifolding"]},
            "pairs": {"tokenizer": "whitespace", "filter": ["asciifolding", "pair"]},
        },
    }
