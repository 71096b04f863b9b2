"""Procedures (quy trình): who does what under which decision, as data, a file each.

data/procedures/ has the three that are built in; another is a file in a folder of the deployment.
A round fixes its procedure and edition for life, so the dates in force only ever warn.
"""

import json
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from rules.calendar import VIETNAM, Calendar
from rules.editions import GATED
from rules.product_sets import Label, offered
from rules.ranking import GateRule, Ranking
from rules.reading import DATA, label, typed

BUILT_IN = DATA / "procedures"
LEVELS = {
    "commune": Label("cấp xã", "commune"),
    "district": Label("cấp huyện", "district"),
    "province": Label("cấp tỉnh", "province"),
    "centre": Label("cấp Trung ương", "central"),
    "ministry": Label("cấp Bộ", "ministry"),
}
"""Of the built-in procedures; another's stands as it is."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Star = Annotated[int, Field(ge=min(GATED), le=max(GATED))]
Pair = Annotated[Label, PlainValidator(label)]


def level_named(code: str) -> Label:
    """What may be written for it, behind its words."""
    return offered({code: LEVELS.get(code, Label(code, code))})


class EscalateBy(StrEnum):
    """What a lower level's result needs to go up; the law can be read both ways."""

    RANK = "rank"
    """The band and every gate."""
    POINTS = "points"
    """The band alone."""


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Duration(Strict):
    count: Annotated[int, Field(gt=0)]
    unit: Literal["day", "working-day", "month"]
    article: str | None = None
    """Of the procedure's decision; None where it is not known."""

    def after(self, day: date, calendar: Calendar = VIETNAM) -> date:
        match self.unit:
            case "day":
                return day + timedelta(days=self.count)
            case "working-day":
                return calendar.after(day, self.count)
            case "month":
                return _months_after(day, self.count)

    def before(self, day: date, calendar: Calendar = VIETNAM) -> date:
        match self.unit:
            case "day":
                return day - timedelta(days=self.count)
            case "working-day":
                return calendar.before(day, self.count)
            case "month":
                return _months_after(day, -self.count)


class DayOfYear(NamedTuple):
    day: int
    month: int

    def of(self, year: int) -> date:
        return date(year, self.month, self.day)


def _day_of_year(text: str) -> DayOfYear:
    day, month = map(int, text.split("/"))
    date(2001, month, day)  # a day that every year has
    return DayOfYear(day, month)


class Escalation(Strict):
    """A result that qualifies for this star goes to that level, and is potential until then."""

    star: Star
    to: Name


class Level(Strict):
    level: Name
    convenes: Literal["report", "council"]
    """A commune reports in part (báo cáo); the others convene a council (hội đồng)."""
    deadline: Duration | None = None
    certifies: tuple[Star, ...] = ()
    escalates: Escalation | None = None
    recognises: tuple[Star, ...] = ()
    """What it may certify on the result of the level above, when that is too low there."""
    entered_by: Name | None = None
    """The level that enters its results, where it keeps no records on the platform."""


class Form(Strict):
    form: Annotated[str, Field(pattern=r"^\d{2}$")]
    of: Literal["registration", "self-assessment", "commune-report"]
    by: Name


class YearlyRound(Strict):
    """A round (đợt) of each year."""

    requests_until: Annotated[DayOfYear, PlainValidator(_day_of_year)]
    done_until: Annotated[DayOfYear, PlainValidator(_day_of_year)]


class Window(Strict):
    earliest: Duration
    latest: Duration


class Renewal(Strict):
    """Re-evaluation (đánh giá lại) of a certificate that expires."""

    notice_before_expiry: Duration | None = None
    filed_before_expiry: Window | None = None
    decided_within: Duration | None = None
    holds_past_expiry: Duration | None = None


class Revocation(Strict):
    within: Duration
    grounds: Mapping[Name, Pair]


class Meeting(Strict):
    """How a council meets and judges."""

    quorum_percent: Annotated[int, Field(ge=1, le=100)]
    chair_needed: bool
    most_spread: Annotated[int, Field(ge=0)]
    help_team_first: bool
    gate_rule: GateRule

    def quorate(self, present: int, members: int, *, chair: bool) -> bool:
        enough = present * 100 >= members * self.quorum_percent
        return enough and (chair or not self.chair_needed)

    def too_far_apart(self, totals: Sequence[int]) -> bool:
        """The members then discuss, and score again in a new round."""
        return max(totals) - min(totals) > self.most_spread


class CouncilRules(Meeting):
    """What a council begins with; each is a setting of the council."""

    package_before_session: Duration


class Procedure(Strict):
    name: Name
    label: Pair
    decisions: Annotated[tuple[str, ...], Field(min_length=1)]
    since: date
    until: date | None = None
    edition: str
    escalate_by: EscalateBy
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    forms: tuple[Form, ...]
    rounds: tuple[YearlyRound, ...]
    review: Duration
    """In which the help team should have looked at what was submitted; no decision says it."""
    renewal: Renewal
    revocation: Revocation | None = None
    council: CouncilRules
    validity: Duration

    def in_force_on(self, day: date) -> bool:
        return self.since <= day <= (self.until or date.max)

    def level(self, name: str) -> Level:
        return next(level for level in self.levels if level.level == name)

    def certifier(self, star: int) -> Level | None:
        """Who certifies this star; nobody certifies 1 and 2."""
        return next((level for level in self.levels if star in level.certifies), None)

    def escalation(self, level: str, result: Ranking) -> Escalation | None:
        """Where this level's result goes from there, and as a candidate for which star."""
        up = self.level(level).escalates
        reached = result.star if self.escalate_by is EscalateBy.RANK else result.band
        return up if up and reached is not None and reached >= up.star else None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if wrong := [*self._contradictions()]:
            raise ValueError("; ".join(wrong))
        return self

    def _contradictions(self) -> Iterator[str]:
        names = [level.level for level in self.levels]
        certified = [star for level in self.levels for star in level.certifies]
        if len(set(names)) < len(names):
            yield "a level is written twice"
        if sorted(certified) != [*GATED]:
            yield f"each of 3, 4 and 5 stars is certified by one level, not {certified}"
        for place, level in enumerate(self.levels):
            if level.entered_by not in (None, *names):
                yield f"{level.level}: its results are entered by an unknown level"
            if (up := level.escalates) and up.to not in names[place + 1 :]:
                yield f"{level.level}: escalates to no level above it: {up.to}"
            elif up and up.star not in self.level(up.to).certifies:
                yield f"{level.level}: {up.to} does not certify {up.star} stars"
        if self.until and self.until < self.since:
            yield "it ends before it begins"


@cache
def procedures(*folders: Path) -> Mapping[str, Procedure]:
    """The built-in ones and those of more folders, by name: the name of their file."""
    files = [file for folder in (BUILT_IN, *folders) for file in sorted(folder.glob("*.yaml"))]
    found = [_procedure(file) for file in files]
    if twice := {one.name for one in found if sum(one.name == other.name for other in found) > 1}:
        raise ValueError(f"procedures with the name of another: {', '.join(sorted(twice))}")
    return {one.name: one for one in found}


def _procedure(file: Path) -> Procedure:
    given = {**typed(file), "name": file.stem}
    return Procedure.model_validate_json(json.dumps(given, default=date.isoformat))


def _months_after(day: date, months: int) -> date:
    """The same day of that month, or its last: three years after 29/02 is 28/02."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
