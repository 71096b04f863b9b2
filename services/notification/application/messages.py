"""Events to messages, and a person's inbox of them."""

from dataclasses import dataclass
from typing import Any

from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork
from contracts.event import Envelope
from contracts.notification import MailRequested
from contracts.tenant import TenantName
from contracts.text import Slug
from services.notification.domain.messages import MailState, Message
from services.notification.domain.rulebook import Rulebook


def tell_people(work: UnitOfWork, envelope: Envelope, rulebook: Rulebook, unit: TenantName) -> None:
    """A message for each receiver that the rules find in the event, in each tenant where they are
    told of it; none that is there is made again. A tenant out of reach is not written to."""

    def home(named: Slug | None) -> Slug:
        return named if named in work.scope.reach else envelope.tenant

    messages = {
        message.id: message
        for rule in rulebook.about(envelope.data)
        for tenant, part in rule.by_tenant(envelope.data, home)
        for receiver, event in rule.told(part)
        for message in [
            Message.telling(
                envelope, rule, tenant, receiver,
                rulebook.templates.write(rule.template, event, receiver, unit),
            )
        ]
    }  # fmt: skip
    for known in work.all(Message, id__in=sorted(messages)):
        del messages[known.id]
    work.save(*messages.values())
    for message in messages.values():
        if message.mail.state is MailState.WAITING:
            work.tell(MailRequested(), about=message)


@dataclass(frozen=True)
class Inbox:
    """A page of somebody's messages, the newest first; `unread`: of all of them."""

    messages: list[Message]
    unread: int


def read_inbox(work: UnitOfWork, *, unread: bool, after: str | None, limit: int) -> Inbox:
    """`after`: the last message that was shown before."""
    wanted = _own(work) | ({"read": False} if unread else {})
    behind = read_message(work, after).place if after else None
    found = work.page(Message, after=behind, limit=limit, last=True, by="place", **wanted)
    return Inbox(found, work.count(Message, read=False, **_own(work)))


def read_message(work: UnitOfWork, id: str) -> Message:
    """One's own; of another's nobody is told that it exists."""
    message = work.get(Message, id)
    if not message.is_for(work.scope.person):
        raise NotFound("Không tìm thấy.", "There is no such message.")
    return message


def mark_read(work: UnitOfWork, id: str) -> Message:
    message = read_message(work, id)
    if not message.read:
        message.read_at = work.at
        work.save(message)
    return message


def mark_all_read(work: UnitOfWork) -> int:
    """How many were not read before."""
    messages = work.all(Message, read=False, **_own(work))
    for message in messages:
        message.read_at = work.at
    work.save(*messages)
    return len(messages)


def _own(work: UnitOfWork) -> dict[str, Any]:
    """Whose phone or address the person's token carries; of one without either there is none."""
    person = work.scope.person
    return {"shown": True, "reached_by__in": [one for one in (person.phone, person.email) if one]}
