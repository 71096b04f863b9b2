"""A file that comes in a form, and a stored file as an answer."""

import re
from pathlib import PurePosixPath
from typing import IO, Any, NamedTuple, TypeVar, cast

from flask import Request, Response, current_app, request
from pydantic import BaseModel
from werkzeug.utils import send_file

from chassis import opening
from chassis.files import (
    ENDINGS,
    MediaType,
    StoredFile,
    check_size,
    name_to_save,
    recognised,
    shown_name,
)
from chassis.http.app import Query
from chassis.http.bodies import UploadedFile
from chassis.problems import FieldProblem, Problem, Unprocessable
from chassis.store.files import Files, OpenFile
from contracts.text import Words

MULTIPART = "multipart/form-data"
F = TypeVar("F", bound=BaseModel)


class NotAForm(Problem):
    status, slug = 415, "not-a-form"
    title = Words("Sai kiểu nội dung", "Wrong content type")

    def __init__(self) -> None:
        super().__init__(
            "Gửi dạng multipart/form-data với tệp trong phần “file”.",
            "Send multipart/form-data with the file as the part “file”.",
            [FieldProblem("file", "gửi tệp trong phần này", "send the file as this part")],
        )


def read_form(kind: type[F], given: Request) -> F:
    """The form, read strictly: each part once, none that `kind` does not know. Its file is a field
    of the type UploadedFile. flask-openapi3 would read each text as JSON: one that is 2023 is a
    number then.
    """
    return kind.model_validate(_parts(given))


class Upload(NamedTuple):
    """A file that came, known for what it is and seen to open. `name`: by which people know it."""

    content: IO[bytes]
    name: str
    media_type: MediaType

    def keep(self) -> StoredFile:
        """Once it is known that what it belongs to is there."""
        self.content.seek(0)
        return Files().put(self.content, self.name)


def read_upload(given: UploadedFile) -> Upload:
    """A part of a form. Raises what Files.put raises, LockedFile and BrokenFile."""
    name = sent_name(given)
    check_size(size_of(given))
    content = cast("IO[bytes]", given.stream)
    media_type = recognised(content, name)
    opening.check(content, media_type)
    return Upload(content, name, media_type)


def sent_name(given: UploadedFile, otherwise: str = "tep") -> str:
    """What a part's file is called. A backslash is a path's, but before a quote: werkzeug takes it
    for a mark before any letter."""
    quoted = _QUOTED.search(given.headers.get("Content-Disposition", ""))
    name = quoted[1].replace('\\"', '"') if quoted and "\\" in quoted[1] else given.filename
    return shown_name(name or "", otherwise)


_QUOTED = re.compile(r'filename="((?:[^"\\]|\\.)*)"(?!.*filename\*)', re.IGNORECASE)


def size_of(given: UploadedFile) -> int:
    """In bytes."""
    return given.stream.seek(0, 2)


class Looked(Query):
    """`original`: the bytes as they came, where a browser is shown another form of them."""

    original: bool = False


def looked_at(sha256: str, name: str, *, original: bool) -> Response:
    """A stored file for a person's eyes."""
    if original:
        return stored(Files().open(sha256), name)
    found = Files().shown(sha256)
    if found.file.sha256 != sha256:
        name = f"{PurePosixPath(name).stem}.{ENDINGS[found.file.media_type][0]}"
    return stored(found, name)


def described(kind: type[BaseModel]) -> dict[str, Any]:
    """What the route's `openapi_extensions` say of the form."""
    content = {MULTIPART: {"schema": kind.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def stored(found: OpenFile, name: str, *, attachment: bool = False) -> Response:
    """A stored file under a name that people know; by parts (Range) where the caller asks so.

    Its hash is its ETag, so who has it already gets a 304. No script in it runs: its type is one of
    ours whatever a browser thinks of its content, and it is sandboxed; a PDF is shown by a viewer
    with a sandbox of its own, and Safari's stays blank in another.
    """
    file = found.file
    response = send_file(
        found.content, {}, mimetype=file.media_type, as_attachment=attachment,
        download_name=name_to_save(name, file.media_type), conditional=False, etag=file.sha256,
        response_class=current_app.response_class,
    )  # fmt: skip
    response.content_length = file.size
    response.cache_control.private = True
    if attachment or file.media_type is not MediaType.PDF:
        response.headers["Content-Security-Policy"] = "sandbox"
    response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    return cast("Response", response)


def _parts(given: Request) -> dict[str, Any]:
    if given.mimetype != MULTIPART or "boundary" not in given.mimetype_params:
        raise NotAForm
    found = [*given.form.items(multi=True), *given.files.items(multi=True)]
    parts = dict(found)
    if len(parts) != len(found):
        names = [name for name, _ in found]
        raise Unprocessable(
            "Có phần gửi hai lần.", "A part stands twice.",
            [
                FieldProblem(name, "chỉ gửi một lần", "send it once")
                for name in parts
                if names.count(name) > 1
            ],
        )  # fmt: skip
    return parts
