"""What an OpenAPI document says may be sent: samples, and each place in them that is a text."""

from collections.abc import Iterator
from typing import Any

UUID = "00000000-0000-4000-8000-000000000000"
Path = tuple[str | int, ...]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Without references, and of alternatives the first that is not null."""
    if ref := schema.get("$ref"):
        return resolved(document, document["components"]["schemas"][ref.rpartition("/")[2]])
    for choice in ("anyOf", "oneOf", "allOf"):
        if found := [one for one in schema.get(choice, []) if one.get("type") != "null"]:
            return resolved(document, found[0])
    return schema


def fields_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    fields = resolved(document, schema)["properties"]
    return {name: resolved(document, one) for name, one in fields.items()}


def sample(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    schema = resolved(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case None if not set(schema) - {"title", "description", "default"}:
            return None  # any JSON
        case "object":
            fields = schema.get("properties", {})
            return {name: sample(document, one) for name, one in fields.items()}
        case "array":
            return [sample(document, schema["items"])]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string" if schema.get("format") == "date":
            return "2024-12-31"
        case "string":
            return UUID if "pattern" in schema else "x"
    raise LookupError(f"no sample for {schema}")


def texts(document: dict[str, Any], schema: dict[str, Any], at: Path = ()) -> Iterator[Path]:
    """The paths of all texts of a body."""
    schema = resolved(document, schema)
    match schema.get("type"):
        case "object":
            for name, one in schema.get("properties", {}).items():
                yield from texts(document, one, (*at, name))
        case "array":
            yield from texts(document, schema["items"], (*at, 0))
        case "string":
            yield at


def replaced(body: Any, at: Path, value: Any) -> Any:
    if not at:
        return value
    first, *rest = at
    changed = dict(body) if isinstance(body, dict) else list(body)
    changed[first] = replaced(body[first], tuple(rest), value)
    return changed
