"""What is published of the contracts is up to date, true, and never broken within a version."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, Field

from contracts import asyncapi, schemas
from contracts.__main__ import asyncapi_text, main, text
from contracts.catalog import ListingChanged, Stream
from contracts.event import events
from contracts.topology import PUBLIC

STALE = "stale: run python -m contracts, and commit what it writes"


def published(type_: str) -> dict[str, Any]:
    return dict(json.loads(schemas.file(type_).read_text()))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("type_", sorted(events))
def test_what_is_published_does_not_break(type_: str) -> None:
    assert schemas.breaking(published(type_), schemas.schema(events[type_])) == []


@pytest.mark.parametrize("type_", sorted(events))
def test_a_schema_is_as_its_model_is(type_: str) -> None:
    assert schemas.file(type_).read_text() == text(schemas.schema(events[type_])), STALE


def test_every_published_version_is_still_told() -> None:
    """A version ends by a decision, with its file and six months' notice; never by the way."""
    assert {file.stem for file in schemas.FOLDER.glob("*.json")} == set(events)


@pytest.mark.parametrize("type_", sorted(events))
def test_an_example_is_valid_by_the_published_schema(type_: str) -> None:
    checked, example = validator(published(type_)), schemas.example(events[type_])
    assert list(checked.iter_errors(example)) == []
    for member in ("id", "source", "specversion", "type", "data"):  # or it would take anything
        less = {name: one for name, one in example.items() if name != member}
        assert [error.message for error in checked.iter_errors(less)] == [
            f"'{member}' is a required property"
        ]


def test_asyncapi_is_as_the_contracts_are() -> None:
    assert asyncapi.FILE.read_text() == asyncapi_text(), STALE


def test_asyncapi_refers_only_to_what_is_in_it() -> None:
    document = yaml.safe_load(asyncapi.FILE.read_text())
    refs = set(references(document))
    for ref in refs:
        target = document
        for step in ref.removeprefix("#/").split("/"):
            target = target[step]
    assert "#/components/schemas/Listing" in refs


def test_asyncapi_tells_each_stream_and_only_what_is_public() -> None:
    document = yaml.safe_load(asyncapi.FILE.read_text())
    assert list(document["channels"]) == [stream.value for stream in Stream]
    told = [one["name"] for one in document["components"]["messages"].values()]
    assert told == [event.type for event in PUBLIC] == [ListingChanged.type]


def test_asyncapi_shows_an_example_that_is_valid_by_its_own_schema() -> None:
    document = yaml.safe_load(asyncapi.FILE.read_text())
    message = document["components"]["messages"]["ListingChanged"]
    checked = validator(message["payload"] | {"components": document["components"]})
    (example,) = message["examples"]
    assert list(checked.iter_errors(example["payload"])) == []
    wrong = copy.deepcopy(example["payload"])
    wrong["data"]["listing"]["star"] = 6
    assert [error.message for error in checked.iter_errors(wrong)] == [
        "6 is greater than the maximum of 5"
    ]


def references(found: Any) -> list[str]:
    if isinstance(found, list):
        return [ref for one in found for ref in references(one)]
    if isinstance(found, dict):
        own = [found["$ref"]] if "$ref" in found else []
        return own + [ref for one in found.values() for ref in references(one)]
    return []


# ---------------------------------------------------------------- what counts as breaking


class Set(BaseModel):
    number: Annotated[int, Field(ge=1, le=26)]
    basis: Literal["assigned", "confirmed"]


class Product(BaseModel):
    """The version that is published."""

    name: Annotated[str, Field(max_length=300)]
    star: Annotated[int, Field(ge=3, le=5)]
    set: Set | None = None
    tags: list[str] = []


class WordsOnly(BaseModel):
    """Said otherwise."""

    name: Annotated[str, Field(max_length=300, description="Tên sản phẩm", title="Tên")]
    star: Annotated[int, Field(ge=3, le=5)]
    set: Set | None = None
    tags: list[str] = []


class Gained(Product):
    origin: str | None = None
    description: str = ""
    title: list[Set] = []


class Renamed(BaseModel):
    title: Annotated[str, Field(max_length=300)]
    star: Annotated[int, Field(ge=3, le=5)]
    set: Set | None = None
    tags: list[str] = []


class Without(BaseModel):
    name: Annotated[str, Field(max_length=300)]
    star: Annotated[int, Field(ge=3, le=5)]
    tags: list[str] = []


class Required(Product):
    origin: str


class NowRequired(Product):
    set: Set | None


class NowOptional(Product):
    star: Annotated[int, Field(ge=3, le=5)] = 3


class NowNull(Product):
    name: Annotated[str, Field(max_length=300)] | None  # type: ignore[assignment]


class Narrowed(Product):
    star: Annotated[int, Field(ge=4, le=5)]


class Widened(Product):
    name: Annotated[str, Field(max_length=500)]


class Retyped(Product):
    star: str  # type: ignore[assignment]


class Items(Product):
    tags: list[int] = []  # type: ignore[assignment]


class Closed(Product, extra="forbid"):
    pass


class SetLess(Set):
    basis: Literal["assigned"]


class SetMore(Set):
    basis: Literal["assigned", "confirmed", "guessed"]


class SetGained(Set):
    by: str | None = None


class SetOtherOrder(Set):
    basis: Literal["confirmed", "assigned"]


class EnumLess(Product):
    set: SetLess | None = None


class EnumMore(Product):
    set: SetMore | None = None


class InnerGained(Product):
    set: SetGained | None = None


class OtherOrder(Product):
    set: SetOtherOrder | None = None


@pytest.mark.parametrize("changed", [Product, WordsOnly, Gained, InnerGained, OtherOrder])
def test_what_may_change(changed: type[BaseModel]) -> None:
    assert schemas.breaking(Product.model_json_schema(), changed.model_json_schema()) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (Renamed, ["name: is gone", "title: is new and required"]),
        (Without, ["set: is gone"]),
        (Required, ["origin: is new and required"]),
        (NowRequired, ["set: is now required"]),
        (NowOptional, ["star default: was None, is 3", "star: is no longer required"]),
        (Narrowed, ["star minimum: was 3, is 4"]),
        (Widened, ["name maxLength: was 300, is 500"]),
        (Items, ["tags items type: was string, is integer"]),
        (Closed, ["additionalProperties: was None, is False"]),
        (
            EnumLess,
            [
                "set anyOf basis const: was None, is assigned",
                "set anyOf basis enum: was ['assigned', 'confirmed'], is None",
            ],
        ),
        (
            EnumMore,
            [
                "set anyOf basis enum: was ['assigned', 'confirmed'], "
                "is ['assigned', 'confirmed', 'guessed']"
            ],
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_breaks_is_told(changed: type[BaseModel], told: list[str]) -> None:
    assert schemas.breaking(Product.model_json_schema(), changed.model_json_schema()) == told


@pytest.mark.parametrize("changed", [NowNull, Retyped])
def test_another_type_breaks(changed: type[BaseModel]) -> None:
    assert schemas.breaking(Product.model_json_schema(), changed.model_json_schema()) != []


def without_star(schema: dict[str, Any]) -> None:
    del schema["$defs"]["Listing"]["properties"]["star"]
    schema["$defs"]["Listing"]["required"].remove("star")


def with_a_limit(schema: dict[str, Any]) -> None:
    schema["properties"]["tenant"]["maxLength"] = 10


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (with_a_limit, "listing.changed.v1: tenant maxLength: was 10, is 60."),
        (without_star, "listing.changed.v1: data listing star: is new and required."),
    ],
)
def test_a_breaking_change_is_not_written_over_what_is_published(
    spoil: Callable[[dict[str, Any]], None],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(schemas, "FOLDER", tmp_path)
    monkeypatch.setattr(asyncapi, "FILE", tmp_path / "asyncapi.yaml")
    assert main() == 0
    other = published("listing.changed.v1")
    spoil(other)
    schemas.file("listing.changed.v1").write_text(text(other))
    schemas.file("product.registered.v1").unlink()
    assert main() == 1
    assert capsys.readouterr().err == f"{words} Make it a new major version.\n"
    assert published("listing.changed.v1") == other
    assert schemas.file("product.registered.v1").exists()  # the others are written all the same
