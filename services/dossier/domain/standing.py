"""What somebody is to a producer's things. Nobody to them finds nothing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from contracts.text import Line


class Standing(StrEnum):
    CONTACT = "contact"  # of the producer
    COMMUNE_OFFICER = "commune-officer"  # of the unit that it belongs to
    OFFICER = "officer"  # of the tenant; an administrator is one
    HELP_TEAM = "help-team"
    AUTHORITY = "authority"
    SUPERVISOR = "supervisor"  # reads what lies below


FILLERS = (Standing.CONTACT, Standing.OFFICER, Standing.COMMUNE_OFFICER)
"""Who fills in what a producer says: itself, or an officer for it to confirm."""
OF_THE_PRODUCER = frozenset(FILLERS)


class Actor(BaseModel):
    """Who acts on one thing, and what they are to it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Line | None = None
    standings: frozenset[Standing] = frozenset()

    def is_one_of(self, *standings: Standing) -> bool:
        return not self.standings.isdisjoint(standings)

    @property
    def above(self) -> bool:
        """Reads by supervising alone, and so is told nobody's phone number or address."""
        return self.standings == {Standing.SUPERVISOR}


def _as_kept(at: datetime) -> datetime:
    """In milliseconds: what an event says is then what the store has."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


Moment = Annotated[AwareDatetime, AfterValidator(_as_kept)]


class Signature(BaseModel):
    """Who did it, and when. `name`: as their token said it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str
    name: Line | None = None
    standing: Standing
    at: Moment

    @classmethod
    def of(cls, actor: Actor, at: datetime, *standings: Standing) -> Self:
        """`standings`: those in which this may be done, the first that holds is the one."""
        standing = next(one for one in standings if one in actor.standings)
        return cls(by=actor.id, name=actor.name, standing=standing, at=at)
