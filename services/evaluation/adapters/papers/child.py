"""The child process that makes one file of a paper: what the template does happens in here, within
limits, and ends with it."""

import gc
import importlib
import resource
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from jinja2 import TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from contracts.text import Words
from services.evaluation.adapters.papers.templates import SUFFIX, Templates
from services.evaluation.domain.papers import CONTENTS, Content, Format, Kind

MEMORY = 1536 * 2**20  # of addresses, of which a large paper uses a third
MADE, WRONG = b"+", b"-"
Maker = Callable[[Templates, str, Content], bytes]
MAKERS = {Format.PDF: ("pdf", "pdf"), Format.DOCX: ("word", "docx")}
"""Module and function. They are loaded here alone, so that no other process pays for them."""


class Order(NamedTuple):
    """`content`: JSON of the kind's model. `seconds`: of processor time that it may take."""

    folder: Path | None
    tenant: str
    kind: Kind
    format: Format
    content: str
    seconds: int


def make(order: Order, answer: Connection) -> None:
    """Answers MADE with the template's hash, a line feed and the file; or WRONG with what is wrong
    in Vietnamese, a line feed, and the same in English."""
    resource.setrlimit(resource.RLIMIT_CPU, (order.seconds, order.seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.disable()  # the process ends with its one file: a third of the time, and no memory more
    templates = Templates(order.folder, order.tenant)
    name = f"{order.kind}{SUFFIX[order.format]}"
    try:
        made = maker(order.format)(
            templates, name, CONTENTS[order.kind].model_validate_json(order.content)
        )
    except BaseException as error:  # whatever a template makes a library do is the template's
        answer.send_bytes(WRONG + "\n".join(wrong(error)).encode())
    else:
        answer.send_bytes(MADE + templates.hash.encode() + b"\n" + made)


def maker(format: Format) -> Maker:
    module, function = MAKERS[format]
    found: Maker = getattr(importlib.import_module(f"{__package__}.{module}"), function)
    return found


def wrong(error: BaseException) -> Words:
    """For whoever writes the template."""
    match error:
        case TemplateSyntaxError():
            at = Words(f"dòng {error.lineno}: ", f"line {error.lineno}: ")
            return Words(f"{at.vi}cú pháp sai: {error.message}", f"{at.en}{error.message}")
        case UndefinedError():
            return Words(
                f"không có trường “{error.message}”", f"there is no field “{error.message}”"
            )
        case TemplateNotFound():
            return Words(f"không có mẫu “{error.name}”", f"there is no template “{error.name}”")
        case SecurityError():
            return Words(f"mẫu không được làm việc này: {error}", f"not for a template: {error}")
        case MemoryError():
            return TOO_MUCH
        case zipfile.BadZipFile():
            return Words("không phải tệp DOCX", "this is no DOCX file")
        case UnicodeDecodeError():
            return Words("không phải UTF-8", "this is not UTF-8")
    if type(error).__name__ == "Unfit":
        return error.words  # type: ignore[attr-defined, no-any-return]
    if type(error).__name__ == "Refused":
        return Words(f"không được đọc {error}", f"it may not read {error}")
    told = f"{type(error).__name__}: {error}"[:300].replace("\n", " ")
    return Words(f"mẫu không dùng được: {told}", f"the template does not work: {told}")


TOO_MUCH = Words(
    "mẫu cần quá nhiều bộ nhớ hoặc làm ra tệp quá lớn", "it needs too much memory, or is too large"
)
TOO_LONG = Words("mẫu chạy quá lâu, có thể lặp mãi", "it takes too long, it may loop for ever")
