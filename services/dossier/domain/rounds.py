"""Rounds (đợt đánh giá) that evaluation opened: what a dossier may be filed into."""

from chassis.aggregate import Aggregate
from contracts.councils import RoundFacts


class Round(Aggregate):
    """`source_version`: of evaluation's round; the highest has the last word on whether it is open.
    The days of an open one tell people when to file, and refuse nothing: closing it does."""

    audited = False

    facts: RoundFacts
    open: bool
    source_version: int

    def follow(self, facts: RoundFacts, version: int, *, open: bool) -> bool:
        """False for what is known already, or older than that."""
        if version <= self.source_version:
            return False
        self.facts, self.open, self.source_version = facts, open, version
        return True
