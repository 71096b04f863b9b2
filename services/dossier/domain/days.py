"""Days are Vietnam's, wherever the machine stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()
