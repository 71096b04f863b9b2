"""How a page speaks: Vietnamese, or English where the address says `lang=en`."""

from datetime import date

from flask import g, request

from chassis.problems import FieldProblem
from contracts.tenant import TenantName
from contracts.text import Words

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def language() -> str:
    """Of this request."""
    if "language" not in g:
        g.language = "en" if request.args.get("lang") == "en" else "vi"
    return str(g.language)


def say(vi: str, en: str, **values: object) -> str:
    """The one or the other, with its {values}."""
    return (en if language() == "en" else vi).format(**values)


def word(words: Words | TenantName | FieldProblem) -> str:
    return words.en if language() == "en" else words.vi


def day(value: date) -> str:
    if language() == "en":
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return value.strftime("%d/%m/%Y")


def number(value: int) -> str:
    grouped = f"{value:,}"
    return grouped if language() == "en" else grouped.replace(",", ".")
