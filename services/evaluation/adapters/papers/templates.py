"""Templates of papers: where they are found, and what one may do.

An agency's templates are another's work. They see the paper's plain values and nothing else, in
Jinja's sandbox, and read no file beside the templates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing

from services.evaluation.domain.papers import Content, Format

OURS = Path(__file__).parents[2] / "templates"
OURS_AS = "ocop/"
"""Before a name: our own of that name, also where an agency has one."""
SUFFIX = {Format.PDF: ".html", Format.DOCX: ".docx"}
VIETNAM = timezone(timedelta(hours=7))
CENT = Decimal("0.01")


@dataclass
class Templates:
    """Of one tenant. `read`: what was taken so far, so that it can be told by its hash."""

    folder: Path | None
    tenant: str
    read: dict[str, bytes] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The tenant's own, the deployment's, ours; in that order."""
        own = [] if self.folder is None else [self.folder / self.tenant, self.folder]
        if name.startswith(OURS_AS):
            name, own = name.removeprefix(OURS_AS), []
        for place in (*own, OURS):
            file = (place / name).resolve()
            if file.is_relative_to(place.resolve()) and file.is_file():
                return file
        return None

    def bytes(self, name: str) -> bytes | None:
        file = self.find(name)
        if file is None:
            return None
        self.read[name] = file.read_bytes()
        return self.read[name]

    def text(self, name: str) -> str | None:
        found = self.bytes(name)
        return None if found is None else found.decode("utf-8")

    @property
    def hash(self) -> str:
        """Of all that was read, as one."""
        each = b"".join(sha256(one).digest() for one in self.read.values())
        return sha256(each).hexdigest()


class Missing(StrictUndefined):
    """Its error says the name alone."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> None:
        super().__init__(hint=name or hint, obj=obj, name=name, exc=exc)  # type: ignore[arg-type]


def environment(load: Callable[[str], str | None]) -> SandboxedEnvironment:
    made = SandboxedEnvironment(
        loader=FunctionLoader(load), autoescape=True, undefined=Missing, auto_reload=False
    )
    made.filters |= FILTERS
    return made


def values(content: Content) -> dict[str, Any]:
    """All that a template may name."""
    return content.model_dump() | {"kind": content.kind.value, "title": content.title}


def _day(value: date) -> str:
    return f"{_here(value):%d/%m/%Y}"


def _long_day(value: date) -> str:
    """Days under 10 and the months 1 and 2 have a zero before them (NĐ 30/2020, appendix I)."""
    here = _here(value)
    month = f"{here.month:02}" if here.month < 3 else f"{here.month}"
    return f"ngày {here.day:02} tháng {month} năm {here.year}"


def _clock(value: datetime) -> str:
    return f"{_here(value):%H giờ %M phút}"


def _moment(value: datetime) -> str:
    return f"{_clock(value)}, {_long_day(value)}"


def _here(value: Any) -> Any:
    return value.astimezone(VIETNAM) if isinstance(value, datetime) else value


def _decimal(value: Decimal | None) -> str:
    """With two decimals: 92,33."""
    if value is None:
        return "–"
    return f"{value.quantize(CENT, ROUND_HALF_UP)}".replace(".", ",")


def _two(value: int) -> str:
    """A number of things in a text: 05."""
    return f"{value:02}"


FILTERS: dict[str, Callable[..., str]] = {
    "day": _day,
    "long_day": _long_day,
    "clock": _clock,
    "moment": _moment,
    "decimal": _decimal,
    "two": _two,
}
