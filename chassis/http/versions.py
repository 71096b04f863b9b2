"""Which version an answer shows, and which one the author of a change had before them.

`ETag: "3"` is version 3 of the aggregate; a change that bears `If-Match: "3"` is refused (412) when
another was first. The use case compares: `work.expect(aggregate, version)`. Where it is read the
tag names what was shown as well, `"3-5f1c..."`: what the caller may do, or what stands beside it,
changes without a new version, and only who has all of it already is told so (304).
"""

import re
from hashlib import sha256

from flask import Response, current_app, request
from pydantic import BaseModel

from chassis.http.keeping import READING
from chassis.problems import Problem
from contracts.text import Words

_TAG = re.compile(r'(?:W/)?"([1-9]\d{0,8})(?:-[0-9a-f]{16})?"')
"""Weak is what a proxy makes of it that packs the answer; the version is the same."""


class NotAVersion(Problem):
    slug = "not-a-version"
    title = Words("If-Match không đúng", "If-Match is not right")

    def __init__(self) -> None:
        super().__init__(
            'If-Match phải là ETag của bản đã xem, ví dụ "3".',
            'If-Match has to be the ETag of what was seen, like "3".',
        )


def if_match() -> int | None:
    """The version that the caller has seen; None where it does not matter to them."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    if (found := _TAG.fullmatch(given)) is None:
        raise NotAVersion
    return int(found[1])


def versioned(body: BaseModel, version: int, status: int = 200) -> Response:
    """An answer that says of which version of its aggregate it is."""
    said = current_app.json.dumps(body.model_dump(mode="json"))
    response: Response = current_app.response_class(said, status, content_type="application/json")
    shown = f"-{sha256(said.encode()).hexdigest()[:16]}" if request.method in READING else ""
    response.set_etag(f"{version}{shown}")
    return response
