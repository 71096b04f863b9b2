"""What was done to something, as an answer tells it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from chassis.http.app import Query
from chassis.store.unit_of_work import Act


class HistoryPage(Query):
    """What comes behind the version `after`."""

    after: int = Field(0, ge=0, le=1_000_000_000)
    limit: int = Field(50, ge=1, le=200)


class ActLine(BaseModel):
    """`actor`: an id, or the program that acts; `version`: what it became by it; `detail`: what it
    was about, and of a person the name, and what they are to it. `on_behalf`: it was filled in for
    the producer, who has to confirm it."""

    act: str
    actor: str
    at: datetime
    version: int
    detail: JsonValue
    on_behalf: bool = False


class History(BaseModel):
    """The oldest first. `after`: where the next page begins."""

    items: list[ActLine]
    after: int | None

    @classmethod
    def of(cls, items: Sequence[ActLine], page: HistoryPage) -> "History":
        full = len(items) == page.limit
        return cls(items=[*items], after=items[-1].version if full else None)

    @classmethod
    def told(cls, acts: Sequence[Act], page: HistoryPage) -> "History":
        return cls.of([line(one) for one in acts], page)


def line(one: Act) -> ActLine:
    return ActLine(act=one.act, actor=one.actor, at=one.at, version=one.version, detail=one.detail)
