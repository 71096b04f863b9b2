"""Rules (quy tắc báo tin): of an event, who is told, by which channels, in which words, when."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Event, events
from contracts.person import Contact
from contracts.text import Slug


class Channel(StrEnum):
    INBOX = "inbox"  # hộp thư trên nền tảng
    MAIL = "mail"  # e-mail


class Rule(BaseModel):
    """`audience`: which field of the event names the receivers. Of a list's lines, as in
    `products.contacts`, each receiver is told of the lines that name them and of no other.
    `outdated_by`: after which events about the same thing it is no longer sent by mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Slug
    event: str
    audience: Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?$")]
    channels: Annotated[frozenset[Channel], Field(min_length=1)]
    template: Slug
    when: Literal["now"] = "now"
    outdated_by: frozenset[str] = frozenset()

    def told(self, event: Event) -> Iterator[tuple[Contact, Event]]:
        """Each receiver once, with the event as it is told to them."""
        lines, _, contacts = self.audience.rpartition(".")
        if not lines:
            yield from ((one, event) for one in people(getattr(event, contacts)))
            return
        every: Sequence[Any] = getattr(event, lines)
        for receiver in people(one for line in every for one in getattr(line, contacts)):
            own = tuple(
                line
                for line in every
                if any(same(receiver, one) for one in getattr(line, contacts))
            )
            yield receiver, event.model_copy(update={lines: own})


def same(one: Contact, other: Contact) -> bool:
    """Whether both reach the same person: by the same phone or address."""
    by_phone = one.phone is not None and one.phone == other.phone
    by_email = one.email is not None and one.email == other.email
    return by_phone or by_email


def people(contacts: Iterable[Contact]) -> list[Contact]:
    """Everybody once, reached by all that is known of them; the first name and address count."""
    found: list[Contact] = []
    for contact in contacts:
        known = [one for one in found if same(one, contact)]
        found = [one for one in found if one not in known]
        found.append(_joined([*known, contact]))
    return found


def _joined(contacts: Sequence[Contact]) -> Contact:
    return Contact(
        name=contacts[0].name,
        phone=next((one.phone for one in contacts if one.phone), None),
        email=next((one.email for one in contacts if one.email), None),
    )


def violations(rules: Sequence[Rule]) -> Iterator[str]:
    """What is wrong with them: one line each, none when they can be followed."""
    names = [rule.name for rule in rules]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"{twice}: written twice"
    for rule in rules:
        if strange := sorted({rule.event, *rule.outdated_by} - events.keys()):
            yield f"{rule.name}: no event {', '.join(strange)}"
        elif not names_contacts(events[rule.event], rule.audience):
            yield f"{rule.name}: {rule.event} has no contacts {rule.audience}"


def names_contacts(event: type[BaseModel], audience: str) -> bool:
    """Whether contacts stand there in every event of this kind."""
    kind: Any = event
    for name in audience.split("."):
        kind = _of_list(kind.model_fields[name].annotation) if name in _fields(kind) else None
    return kind is Contact


def _fields(kind: Any) -> Iterable[str]:
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _of_list(annotation: Any) -> Any:
    """What a tuple of any length is of."""
    arguments = get_args(annotation)
    if get_origin(annotation) is not tuple or arguments[1:] != (...,):
        return None
    return arguments[0]
