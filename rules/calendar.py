"""Working days (ngày làm việc) of Vietnam: no weekends, public holidays, or days given for them.

The holidays are the Labour Code's, as the library `holidays` keeps them, with their lunar dates,
the days off that follow a holiday on a weekend and the exchanged days that it knows. What the
government announces for a year besides is data of the deployment.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    off: frozenset[date] = frozenset()
    """Announced as days off besides."""
    working: frozenset[date] = frozenset()
    """Announced as worked, for a day off elsewhere."""

    def works_on(self, day: date) -> bool:
        if day in self.working:
            return True
        holidays, worked = _known(day.year)
        return not (
            day in self.off or day in holidays or (day.weekday() >= SATURDAY and day not in worked)
        )

    def after(self, day: date, count: int) -> date:
        """The working day by which `count` of them have passed since `day`, which is not one."""
        return self._counted(day, count, DAY)

    def before(self, day: date, count: int) -> date:
        """The latest day from which `count` working days lie before `day`."""
        return self._counted(day, count, -DAY)

    def between(self, day: date, later: date) -> int:
        """Working days that have passed at `later` since `day`; a day before it is none."""
        days = (day + DAY * step for step in range(1, (later - day).days + 1))
        return sum(map(self.works_on, days))

    def _counted(self, day: date, count: int, step: timedelta) -> date:
        while count > 0:
            day += step
            count -= self.works_on(day)
        return day


VIETNAM = Calendar()


@cache
def _known(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Holidays, and weekend days that are worked: a year's may be named by the next year's list.

    Always a new object of the library: one that fills itself while threads share it, may not yet
    know a year that it says it knows.
    """
    from holidays import country_holidays  # noqa: PLC0415 - 46 MB, only for who counts days

    known = country_holidays("VN", years=(year, year + 1))
    return frozenset(known), frozenset(known.weekend_workdays)
