"""JSON Schemas of the events, for the world, and what may not change in a published one.

A major version gains optional fields and never changes one. Readers and writers of both ages meet:
an old reader gets a new event during an update, a new reader an old one from a replay.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import create_model

from contracts.event import Envelope, Event
from contracts.text import Id

FOLDER = Path(__file__).parent / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
WORDS = ("title", "description", "examples", "$id", "$schema", "$defs")
"""What a schema says to people, or of itself: no event passes or fails by it."""

Schema = dict[str, Any]


def enveloped(event: type[Event]) -> type[Envelope]:
    """The envelope with this event in it, as a model of its own."""
    fields: Any = {
        "specversion": (Literal["1.0"], ...),
        "id": (Id, ...),
        "source": (Literal[f"/{event.source}"], ...),
        "type": (Literal[event.type], ...),
        "data": (event, ...),
    }
    name = f"{event.__name__}Envelope"
    return create_model(name, __base__=Envelope, __doc__=event.__doc__, **fields)


def schema(event: type[Event]) -> Schema:
    about = {"$schema": DRAFT, "$id": f"urn:ocop:event:{event.type}"}
    return about | enveloped(event).model_json_schema()


def example(event: type[Event]) -> dict[str, Any]:
    """The event's example on its way, always the same."""
    sample = Envelope(
        id="00000000-0000-4000-8000-0000000000ff",
        source=f"/{event.source}",
        type=event.type,
        subject="00000000-0000-4000-8000-000000000002",
        time=datetime(2026, 1, 1, tzinfo=UTC),
        tenant="huyen-mau",
        version=1,
        data=event.model_validate(event.example),
    )
    return dict(json.loads(sample.encoded()))


def file(event_type: str) -> Path:
    return FOLDER / f"{event_type}.json"


def breaking(published: Schema, proposed: Schema) -> list[str]:
    """What would make a reader of the one fail on an event of the other; empty if nothing does."""
    return list(_differing(_plain(published, published), _plain(proposed, proposed), ""))


def _differing(old: Any, new: Any, path: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        if "properties" in old and "properties" in new:
            yield from _fields(old, new, path)
        for word in sorted((old.keys() | new.keys()) - {"properties", "required"}):
            yield from _differing(old.get(word), new.get(word), f"{path} {word}".strip())
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from _differing(one, other, path)
    elif old != new:
        yield f"{path}: was {old}, is {new}"


def _fields(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = (set(one.get("required", ())) for one in (old, new))
    for name in sorted(old["properties"].keys() | new["properties"].keys()):
        at = f"{path} {name}".strip()
        if name not in new["properties"]:
            yield f"{at}: is gone"
        elif name not in old["properties"]:
            if name in after:
                yield f"{at}: is new and required"
        else:
            yield from _differing(old["properties"][name], new["properties"][name], at)
            if name in before ^ after:
                yield f"{at}: is {'now' if name in after else 'no longer'} required"


def _plain(found: Any, whole: Schema) -> Any:
    """With what it refers to in its place, and without words."""
    if isinstance(found, list):
        return [_plain(one, whole) for one in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        found = whole["$defs"][found["$ref"].removeprefix("#/$defs/")] | found
    plain = {
        word: _plain(one, whole)
        for word, one in found.items()
        if word not in (*WORDS, "$ref", "properties")
    }
    if "properties" in found:  # a field may have the name of one of those words
        plain["properties"] = {
            name: _plain(one, whole) for name, one in found["properties"].items()
        }
    if "enum" in plain:
        plain["enum"] = sorted(plain["enum"])
    return plain
