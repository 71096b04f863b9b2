"""Rounds (đợt đánh giá): an agency takes dossiers for a while, all under one procedure."""

from collections.abc import Iterator
from datetime import date, datetime

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.councils import RoundFacts
from contracts.text import Words
from rules.procedures import Procedure


class Round(Aggregate):
    facts: RoundFacts
    closed_at: datetime | None = None

    @classmethod
    def opened(cls, tenant: str, facts: RoundFacts) -> "Round":
        if facts.closes_on < facts.opens_on:
            first = facts.opens_on
            raise Unprocessable(
                "Ngày kết thúc đợt phải sau ngày bắt đầu.", "A round closes after it opens.",
                [FieldProblem("closes_on", f"từ {first:%d/%m/%Y} trở đi", f"{first} or later")],
            )  # fmt: skip
        return cls(tenant=tenant, facts=facts)

    def close(self, at: datetime) -> None:
        if self.closed_at is not None:
            raise Conflict("Đợt này đã đóng.", "This round has been closed before.")
        self.closed_at = at


def warnings(facts: RoundFacts, procedure: Procedure) -> Iterator[Words]:
    """What a person should know and may decide otherwise: two regimes have overlapped before."""
    days = [facts.opens_on, facts.closes_on]
    if outside := [day for day in days if not procedure.in_force_on(day)]:
        named = " và ".join(f"{day:%d/%m/%Y}" for day in dict.fromkeys(outside))
        yield Words(
            f"{procedure.label.vi} không có hiệu lực vào ngày {named}.",
            f"{procedure.label.en} is not in force on "
            f"{' and '.join(map(str, dict.fromkeys(outside)))}.",
        )
    until = _requests_until(facts.opens_on, procedure)
    if until is not None and facts.closes_on > until:
        yield Words(
            f"{procedure.label.vi} nhận hồ sơ đợt này đến {until:%d/%m/%Y}.",
            f"{procedure.label.en} takes this round's dossiers until {until}.",
        )


def _requests_until(day: date, procedure: Procedure) -> date | None:
    """The last day of the yearly round in which this day lies; None where it has none."""
    days = [
        one.requests_until.of(year) for year in (day.year, day.year + 1) for one in procedure.rounds
    ]
    return min((one for one in days if one >= day), default=None)
