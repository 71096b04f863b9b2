"""Imports: a list of ranks won outside of the platform, checked row by row, kept as it was."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict

from chassis.aggregate import Aggregate
from contracts.dossier import Potential, Star
from contracts.text import Line, Slug, Words
from services.dossier.domain.awards import EarlierAward
from services.dossier.domain.sheets import Column


class Outcome(StrEnum):
    NEW = "new"
    SAME = "same"  # stands in the register as the row says
    DIFFERS = "differs"  # stands there with another rank: reported, never applied
    WRONG = "wrong"


class State(StrEnum):
    """How far a row has come."""

    CHECKED = "checked"  # compared, and nothing to wait for
    PENDING = "pending"  # written; evaluation has not yet registered its certificate
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    level: Literal["note", "wrong"]
    field: Column
    vi: str
    en: str


class ReportRow(BaseModel):
    """`row`: the sheet's own number. Texts are as they were read."""

    model_config = ConfigDict(frozen=True)

    row: int
    outcome: Outcome
    product: str
    producer: str
    address: str
    district: Slug | None = None
    star: Star | None = None
    potential: Potential | None = None
    messages: tuple[Message, ...] = ()
    product_id: str | None = None
    award_id: str | None = None

    def state(self, awards: Mapping[str, EarlierAward], certified: Collection[str]) -> State:
        """Derived from the award and from whether it is among the certified."""
        award = awards.get(self.award_id or "")
        if award is None or self.outcome is Outcome.DIFFERS:
            return State.CHECKED
        if award.withdrawn:
            return State.WITHDRAWN
        return State.DONE if award.id in certified else State.PENDING


PROGRAMME_BEGAN = date(2018, 1, 1)
"""Decision 490/QĐ-TTg is of 2018: no list of OCOP products is older."""


def wrong_day(reported_on: date, today: date) -> Words | None:
    """Why a list cannot be of this day."""
    if reported_on > today:
        return Words(
            f"{reported_on:%d/%m/%Y} chưa tới: hôm nay là {today:%d/%m/%Y}",
            f"{reported_on} is to come: today is {today}",
        )
    if reported_on < PROGRAMME_BEGAN:
        return Words(
            f"chương trình OCOP bắt đầu năm {PROGRAMME_BEGAN.year}: "
            f"ghi ngày từ {PROGRAMME_BEGAN:%d/%m/%Y}",
            f"the OCOP programme began in {PROGRAMME_BEGAN.year}: a day from {PROGRAMME_BEGAN} on",
        )
    return None


class Note(BaseModel):
    model_config = ConfigDict(frozen=True)

    vi: str
    en: str


class Withdrawal(BaseModel):
    """That an import was a mistake: when, by whom and why it was taken back."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: str
    reason: str


def id_at(at: datetime) -> str:
    """An id (UUID, version 7) by whose order imports stand in the order of their time."""
    return str(UUID(f"{int(at.timestamp() * 1000):012x}7{uuid4().hex[13:]}"))


class Import(Aggregate):
    file: Line
    sha256: str
    reported_on: date
    source: Line
    at: datetime
    by: str
    notes: tuple[Note, ...]
    rows: tuple[ReportRow, ...]
    withdrawal: Withdrawal | None = None

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    def awards(self, *outcomes: Outcome) -> list[str]:
        return [row.award_id for row in self.rows if row.award_id and row.outcome in outcomes]
