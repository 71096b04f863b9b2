"""Reading a JSON body once and strictly: broken, huge or deep, it is a problem, never an error."""

import json
import math
from typing import Any

from flask import Request
from pydantic_core import from_json

from chassis.problems import Problem

MAX_JSON = 1_000_000
MAX_DEPTH = 50
MAX_INTEGER = 2**53 - 1
"""Beyond it readers of JSON disagree which number is meant."""


class BrokenJson(Problem):
    slug = "broken-json"


class StrictRequest(Request):
    """flask-openapi3 reads broken JSON as an empty body; Flask's reader fails on deep nesting."""

    max_form_memory_size = 1_000_000
    max_form_parts = 100

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(self, "_read_json"):
            self._read_json = self._parse() if self.is_json else None
        return self._read_json

    def _parse(self) -> dict[str, Any]:
        self.max_content_length = min(MAX_JSON, self.max_content_length or MAX_JSON)
        return parsed(self.get_data(cache=True))


def parsed(body: bytes) -> dict[str, Any]:
    """The object that a body is. pydantic's reader bounds depth and tells positions; the second
    reading sees what it passes over: a name that stands twice, and numbers that are none.
    """
    try:
        from_json(body, allow_inf_nan=False)
        value = json.loads(
            body.decode(), object_pairs_hook=_each_once, parse_float=_finite, parse_int=_exact
        )
    except ValueError as error:
        raise BrokenJson(
            f"Nội dung không phải JSON đúng: {error}.", f"The body is not JSON: {error}."
        ) from error
    if not isinstance(value, dict):
        raise BrokenJson("JSON phải là một đối tượng {...}.", "The JSON must be an object {...}.")
    if _deeper(value, MAX_DEPTH):
        raise BrokenJson("JSON lồng nhau quá sâu.", "The JSON is nested too deep.")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice")
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is no number")
    return number


def _exact(text: str) -> int:
    if abs(number := int(text)) > MAX_INTEGER:
        raise ValueError(f"{text} is larger than {MAX_INTEGER}")
    return number


def _deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for one in level
            if isinstance(one, (dict, list))
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
