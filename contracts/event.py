"""What services tell one another: events, and the envelope of each (CloudEvents 1.0)."""

import json
import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SerializeAsAny

from contracts.text import Id, Slug

events: dict[str, type["Event"]] = {}
"""Every event by its type. A class is in it by being defined."""


class Event(BaseModel):
    """Something that happened. A published major version gains fields and never changes one.

    A reader takes no offence at fields it does not know: a newer writer may have added them.
    """

    model_config = ConfigDict(frozen=True)

    source: ClassVar[str]
    type: ClassVar[str]
    example: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, *, source: str, type: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not re.fullmatch(r"[a-z-]+\.[a-z-]+\.v[1-9]\d*", type):
            raise TypeError(f"{type} is not <entity>.<fact>.v<major>")
        if type in events and events[type].__qualname__ != cls.__qualname__:
            raise TypeError(f"{type} is defined twice")
        cls.source, cls.type = source, type
        events[type] = cls


class Unreadable(ValueError):
    """Not an event of ours, or of a type or form that this reader does not know."""


class Envelope(BaseModel):
    """One event on its way, as a CloudEvent: whose, about what, which version, which trace."""

    specversion: Literal["1.0"] = "1.0"
    id: Id = Field(default_factory=lambda: str(uuid4()))
    source: Annotated[str, Field(pattern=r"^/[a-z-]+$")]
    type: str
    subject: Id
    time: AwareDatetime
    tenant: Slug
    version: Annotated[int, Field(ge=1)]
    traceparent: str | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: SerializeAsAny[Event]

    @property
    def key(self) -> str:
        """The routing key: <entity>.<fact>.v<major>.<tenant>."""
        return f"{self.type}.{self.tenant}"

    def encoded(self) -> str:
        return self.model_dump_json(exclude_none=True)

    @classmethod
    def of(
        cls,
        event: Event,
        *,
        subject: str,
        tenant: str,
        version: int,
        at: datetime,
        traceparent: str | None = None,
    ) -> "Envelope":
        return cls(
            source=f"/{event.source}", type=event.type, subject=subject, tenant=tenant,
            version=version, time=at, traceparent=traceparent, data=event,
        )  # fmt: skip

    @classmethod
    def decoded(cls, body: bytes | str) -> "Envelope":
        """Read one back; Unreadable says what is wrong with it."""
        try:
            fields = json.loads(body)
            event = events.get(fields["type"])
            if event is None:
                raise Unreadable(f"unknown type {fields['type']}")
            if fields["source"] != f"/{event.source}":
                raise Unreadable(f"{event.type} is not told by {fields['source']}")
            # never with an id of our making: its repetition would have another
            own = {"id": fields["id"], "data": event.model_validate(fields["data"])}
            return cls.model_validate(fields | own)
        except Unreadable:
            raise
        except KeyError as error:
            raise Unreadable(f"no {error.args[0]}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable(f"not an event: {error}") from error
