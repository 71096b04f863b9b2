"""Reading a JSON body once, strictly: broken, huge or deep ones are a problem and never an error."""

from typing import Any

from flask import Request
from pydantic_core import from_json

from chassis.problems import Problem

MAX_JSON = 1_000_000
MAX_DEPTH = 50


class BrokenJson(Problem):
    slug = "broken-json"


class StrictRequest(Request):
    """flask-openapi3 reads broken JSON as an empty body, and Flask's reader fails on deep nesting."""

    max_form_memory_size = 1_000_000
    max_form_parts = 100

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(self, "_read_json"):
            self._read_json = self._parse() if self.is_json else None
        return self._read_json

    def _parse(self) -> Any:
        body = self.get_data(cache=True)
        if len(body) > MAX_JSON:
            raise BrokenJson(
                f"JSON dài quá {MAX_JSON} byte.", f"The JSON is longer than {MAX_JSON} bytes."
            )
        try:
            value = from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise BrokenJson(
                f"Nội dung không phải JSON đúng: {error}.", f"The body is not JSON: {error}."
            ) from error
        if _deeper(value, MAX_DEPTH):
            raise BrokenJson("JSON lồng nhau quá sâu.", "The JSON is nested too deep.")
        return value


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
