from datetime import datetime
from typing import Any

from pydantic import BaseModel

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.store.unit_of_work import run
from contracts.text import Said
from services.notification.application.messages import (
    mark_all_read,
    mark_read,
    read_inbox,
    read_message,
)
from services.notification.domain.messages import Message

messages = blueprint("messages", __name__)


class MessagePath(TenantPath):
    id: AskedId


class InboxPage(Page):
    """`unread`: only what was not read yet."""

    unread: bool = False


class About(BaseModel):
    """The event that it tells, and the thing which that is about."""

    event: str
    subject: str


class OwnMessage(BaseModel):
    """`acts`: what may be done with it now: `reading`."""

    id: str
    at: datetime
    about: About
    title: Said
    body: Said
    read_at: datetime | None
    acts: list[str]

    @classmethod
    def of(cls, one: Message) -> "OwnMessage":
        return cls(
            about=About(event=one.event, subject=one.subject),
            acts=[] if one.read else ["reading"],
            **one.model_dump(include={"id", "at", "title", "body", "read_at"}),
        )


class OwnMessages(BaseModel):
    """The newest first. `unread`: how many of all were not read yet, on whatever page."""

    items: list[OwnMessage]
    unread: int
    after: str | None


class Read(BaseModel):
    """How many were not read before."""

    read: int


@messages.get("", responses={200: OwnMessages})
@signed_in()
def inbox(path: TenantPath, query: InboxPage) -> dict[str, Any]:
    """What the caller was told: by the phone number and the address of their token."""
    found = run(read_inbox, unread=query.unread, after=query.after, limit=query.limit)
    items = [OwnMessage.of(one) for one in found.messages]
    page = OwnMessages(items=items, unread=found.unread, after=query.next_after(found.messages))
    return page.model_dump(mode="json")


@messages.get("/<id>", responses={200: OwnMessage})
@signed_in()
def read(path: MessagePath) -> dict[str, Any]:
    """One of the caller's messages."""
    return OwnMessage.of(run(read_message, path.id)).model_dump(mode="json")


@messages.post("/<id>/reading", responses={200: OwnMessage})
@signed_in()
def mark(path: MessagePath) -> dict[str, Any]:
    """The caller has read it; again without harm."""
    return OwnMessage.of(run(mark_read, path.id)).model_dump(mode="json")


@messages.post("/reading", responses={200: Read})
@signed_in()
def mark_all(path: TenantPath) -> dict[str, Any]:
    """The caller has read all of them."""
    return Read(read=run(mark_all_read)).model_dump(mode="json")
