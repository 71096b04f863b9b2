"""Reading a JSON body once and strictly: broken, huge or deep, it is a problem, never an error."""

import json
import math
import re
from collections.abc import Iterator
from typing import IO, Annotated, Any, cast

from flask import Request
from flask_openapi3 import FileStorage
from gunicorn.http.errors import ParseException
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError, from_json
from werkzeug import datastructures
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from chassis.http.problems import Slow
from chassis.problems import FieldProblem, Problem, Unprocessable
from contracts.text import Words

MAX_JSON = 1_000_000
MAX_DEPTH = 50
MAX_INTEGER = 2**53 - 1
"""Beyond it readers of JSON disagree which number is meant."""
ENDS = Words("kết thúc quá sớm", "it ends too early")
NO_JSON = Words("chỗ này không viết theo JSON", "what stands there is no JSON")
DEEP = Words("lồng nhau quá sâu", "it is nested too deep")
LARGE = Words(
    f"số quá lớn, nhiều nhất là {MAX_INTEGER}", f"is too large a number, {MAX_INTEGER} is the most"
)
MOST_DIGITS = 4_000  # Python reads no whole number of more
POSITION = re.compile(r" at line (\d+) column (\d+)$")


class BrokenJson(Problem):
    slug = "broken-json"


class NotJson(Problem):
    status, slug = 415, "not-json"
    title = Words("Sai kiểu nội dung", "Wrong content type")

    def __init__(self) -> None:
        super().__init__("Gửi dạng application/json.", "Send it as application/json.")


class BrokenBody(Problem):
    slug = "broken-body"
    title = Words("Nội dung gửi lên không trọn vẹn", "The body did not arrive whole")

    def __init__(self) -> None:
        super().__init__("Nội dung gửi lên bị đứt quãng. Mời gửi lại.", "The body broke off.")


class BrokenForm(Problem):
    slug = "broken-form"
    title = Words("Không đọc được biểu mẫu", "The form cannot be read")

    def __init__(self) -> None:
        super().__init__(
            "Biểu mẫu bị đứt quãng, hoặc tên tệp, tên các phần không viết bằng UTF-8. Gửi lại; nếu "
            "vẫn thế, đổi tên tệp không dấu hoặc gửi bằng trình duyệt.",
            "The form broke off, or the names of its file and parts are not in UTF-8. Send it "
            "again; if that does not help, give the file a name of plain letters or send it by a "
            "browser.",
        )


class Body(LimitedStream):
    """A body that breaks off is none: without this it ends early and looks whole."""

    def on_disconnect(self, error: Exception | None = None) -> None:
        if isinstance(error, TimeoutError):
            raise Slow from error
        if error is not None or not self._limit_is_max:
            raise BrokenBody from error

    def readinto(self, b: bytearray) -> int | None:  # type: ignore[override]
        try:
            return super().readinto(b)
        except ParseException as error:  # a chunk that is none
            raise BrokenBody from error


class StrictRequest(Request):
    """flask-openapi3 reads broken JSON as an empty body; Flask's reader fails on deep nesting."""

    max_form_memory_size = 1_000_000
    max_form_parts = 100

    @cached_property
    def stream(self) -> IO[bytes]:
        length, most = self.content_length, self.max_content_length
        if length is None and not self.environ.get("wsgi.input_terminated"):
            return super().stream
        if length is not None and most is not None and length > most:
            raise RequestEntityTooLarge
        limit = most if length is None else length
        if limit is None:
            raise LookupError("MAX_CONTENT_LENGTH is not set")
        return cast("IO[bytes]", Body(self.environ["wsgi.input"], limit, is_max=length is None))

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ValueError as error:
            raise BrokenForm from error

    def make_form_data_parser(self) -> FormDataParser:
        """werkzeug's own takes a form that it cannot read for an empty one."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(self, "_read_json"):
            if not self.is_json and (self.mimetype or self.content_length):
                raise NotJson
            self._read_json = self._parse() if self.is_json else None
        return self._read_json

    def _parse(self) -> dict[str, Any]:
        self.max_content_length = min(MAX_JSON, self.max_content_length or MAX_JSON)
        return parsed(self.get_data(cache=True))


def _a_file(given: Any) -> Any:
    """flask-openapi3 lets a field's text through where a file is meant."""
    if not isinstance(given, datastructures.FileStorage):
        raise PydanticCustomError("file_type", "Input should be a file")
    return given


UploadedFile = Annotated[FileStorage, AfterValidator(_a_file)]


def parsed(body: bytes) -> dict[str, Any]:
    """The object that a body is. pydantic's reader bounds depth and tells positions; the second
    reading sees what it passes over: a name that stands twice, and numbers that are too large.
    """
    try:
        _read(body)
        value = json.loads(body.decode(), object_pairs_hook=_each_once, parse_int=_whole)
    except ValueError as error:
        raise _broken(str(error)) from error
    if not isinstance(value, dict):
        raise BrokenJson("JSON phải là một đối tượng {...}.", "The JSON must be an object {...}.")
    if _deeper(value, MAX_DEPTH):
        raise _no_json(DEEP)
    if large := [*_too_large(value)]:
        raise Unprocessable("Có số quá lớn.", "A number is too large.", large)
    return value


def _read(body: bytes) -> None:
    """A number beyond what it can hold is right JSON."""
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        if not str(error).startswith("number out of range"):
            raise


def _broken(said: str) -> BrokenJson:
    """`said`: the reader's own words, which end with the position."""
    if said.startswith("EOF"):
        why = ENDS
    elif said.startswith("recursion limit"):
        why = DEEP
    else:
        why = NO_JSON
    return _no_json(why, POSITION.search(said))


def _no_json(why: Words, position: re.Match[str] | None = None) -> BrokenJson:
    at = Words("", "")
    if position:
        line, column = position.groups()
        at = Words(f", ở dòng {line}, cột {column}", f", at line {line}, column {column}")
    return BrokenJson(
        f"Nội dung không phải JSON đúng{at.vi}: {why.vi}.",
        f"The body is not right JSON{at.en}: {why.en}.",
    )


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _no_json(
            Words(f"tên “{twice[:100]}” được ghi hai lần", f"the name “{twice[:100]}” stands twice")
        )
    return found


def _whole(text: str) -> float:
    return int(text) if len(text) < MOST_DIGITS else math.inf


def _too_large(value: Any, path: str = "") -> Iterator[FieldProblem]:
    """JSON knows no bound; readers and stores do."""
    match value:
        case dict() | list():
            for name, one in value.items() if isinstance(value, dict) else enumerate(value):
                yield from _too_large(one, f"{path}.{name}" if path else str(name))
        case int() if abs(value) > MAX_INTEGER:
            yield FieldProblem(path, *LARGE)
        case float() if math.isinf(value):
            yield FieldProblem(path, *LARGE)


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
