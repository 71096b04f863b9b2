"""Templates (mẫu tin): what a message says, in Vietnamese and in English.

A template sees the event as it is told to its receiver, and nothing else. It is plain text; its
first line is the title.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict

from contracts.event import Event
from contracts.filing import ReturnedItem
from contracts.person import Contact
from contracts.tenant import TenantName
from contracts.text import Said, Words
from rules.days import VIETNAM
from rules.editions import edition
from rules.procedures import LEVELS

LANGUAGES = ("vi", "en")
CENT = Decimal("0.01")
PARTS = {
    "registration": Words("Phiếu đăng ký (Biểu 01)", "Registration (Form 01)"),
    "general": Words("Phần chung (Biểu 02)", "General part (Form 02)"),
    "result": Words("Kết quả sản xuất kinh doanh (Biểu 02)", "Result of the plan (Form 02)"),
    "plan": Words("Kế hoạch tiếp theo (Biểu 02)", "Plan ahead (Form 02)"),
    "report": Words("Báo cáo của xã (Biểu 03)", "The commune's report (Form 03)"),
    "options": Words("Tự chấm điểm, tiêu chí {}", "Self-score, criterion {}"),
    "descriptions": Words("Mô tả, tiêu chí {}", "Description, criterion {}"),
    "evidence": Words("Minh chứng, tiêu chí {}", "Evidence, criterion {}"),
}
"""Where in the forms a field stands, by the first part of its name; {} is the rest."""


class Written(BaseModel):
    """A message's words."""

    model_config = ConfigDict(frozen=True)

    title: Said
    body: Said


class Templates:
    """All of them, each compiled once. Raises jinja2's TemplateError for one that is broken."""

    def __init__(self, texts: Mapping[tuple[str, str], str]) -> None:
        """`texts`: by name and language."""
        environments = {language: _environment(language) for language in LANGUAGES}
        self._compiled = {
            (name, language): environments[language].from_string(text)
            for (name, language), text in texts.items()
        }

    def __contains__(self, name: str) -> bool:
        return all((name, language) in self._compiled for language in LANGUAGES)

    def write(self, name: str, event: Event, receiver: Contact, unit: TenantName) -> Written:
        """`unit`: in whose name it is said. A field that is not there is an error."""
        pages = {}
        for language in LANGUAGES:
            fields = {field: getattr(event, field) for field in type(event).model_fields}
            given = fields | {"receiver": receiver, "unit": getattr(unit, language)}
            page = self._compiled[name, language].render(given).strip()
            title, _, body = page.partition("\n")
            pages[language] = title.strip(), body.strip()
        return Written(
            title=Said(**{language: title for language, (title, _) in pages.items()}),
            body=Said(**{language: body for language, (_, body) in pages.items()}),
        )


def _environment(language: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"day": _day, "moment": _moment} | _filters(language)
    return made


def _filters(language: str) -> dict[str, Callable[[Any], str]]:
    def word(words: Words) -> str:
        return words.vi if language == "vi" else words.en

    def points(value: Decimal) -> str:
        """With two decimals: 72,40."""
        text = f"{value.quantize(CENT, ROUND_HALF_UP)}"
        return text.replace(".", ",") if language == "vi" else text

    def level(name: str) -> str:
        return word(Words(*LEVELS.get(name, (name, name))))

    def finding(name: str) -> str:
        label = edition().findings.get(name)
        return word(Words(*label)) if label else name

    def place(item: ReturnedItem) -> str:
        """What has to be completed, as the producer knows it."""
        if item.criterion is not None:
            return word(Words("Tiêu chí {}", "Criterion {}")).format(item.criterion)
        part, _, rest = (item.field or "").partition(".")
        return word(PARTS.get(part, Words("Hồ sơ", "The dossier"))).format(rest)

    return {"points": points, "level": level, "finding": finding, "place": place}


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
