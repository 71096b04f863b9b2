from typing import Any

import pytest
from pydantic import BaseModel

from contracts.catalog import Listing
from services.catalog.adapters.search_mapping import body, properties


def paths(schema: dict[str, Any], fields: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for name, field in fields.items():
        inner = [one for one in (field, *field.get("anyOf", [])) if "$ref" in one]
        definition = schema["$defs"][inner[0]["$ref"].rpartition("/")[2]] if inner else {}
        if nested := definition.get("properties"):
            found |= paths(schema, nested, f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def mapped(fields: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for name, field in fields.items():
        if "properties" in field:
            found |= mapped(field["properties"], f"{prefix}{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def test_every_field_of_a_listing_has_one_of_the_index() -> None:
    schema = Listing.model_json_schema()
    assert mapped(properties(Listing)) == paths(schema, schema["properties"])


def test_a_field_of_a_kind_that_is_not_known_stops_the_process() -> None:
    class Odd(BaseModel):
        weight: float

    with pytest.raises(TypeError, match="weight"):
        properties(Odd)


def test_another_mapping_has_another_shape() -> None:
    assert body(0)["mappings"]["_meta"] == body(1)["mappings"]["_meta"]
