"""Days are Vietnam's, wherever the machine stands."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Without summer time since 1975."""


def day_of(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()
