"""An order to build the search index anew, and what came of it."""

from datetime import datetime

from chassis.aggregate import Aggregate


class Rebuild(Aggregate):
    """Done when it names the `index`, or the `failure` for which the old index stays."""

    ordered_at: datetime
    ended_at: datetime | None = None
    index: str | None = None
    failure: str | None = None

    def end(self, at: datetime, *, index: str | None = None, failure: str | None = None) -> None:
        self.ended_at, self.index, self.failure = at, index, failure
