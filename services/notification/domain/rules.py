"""Rules (quy tắc báo tin): of an event, who is told, by which channels, in which words, when."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Event, events
from contracts.person import Contact
from contracts.text import Slug


class Channel(StrEnum):
    INBOX = "inbox"  # hộp thư trên nền tảng
    MAIL = "mail"  # e-mail


FIELD = r"^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?$"


class Rule(BaseModel):
    """`audience`: which field of the event names the receivers. Of a list's lines, as in
    `products.contacts`, each receiver is told of the lines that name them and of no other.
    `tenant`: which field beside it names the tenant in which they read it; None: the event's own.
    `outdated_by`: after which events about the same thing it is no longer sent by mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Slug
    event: str
    audience: Annotated[str, Field(pattern=FIELD)]
    tenant: Annotated[str, Field(pattern=FIELD)] | None = None
    channels: Annotated[frozenset[Channel], Field(min_length=1)]
    template: Slug
    when: Literal["now"] = "now"
    outdated_by: frozenset[str] = frozenset()

    def by_tenant(
        self, event: Event, home: Callable[[Slug | None], Slug]
    ) -> Iterator[tuple[Slug, Event]]:
        """The event as it is told in each tenant: of a list's lines, with that tenant's alone.
        `home`: where what names this tenant, or none, is read."""
        lines, _, _ = self.audience.rpartition(".")
        _, _, field = (self.tenant or "").rpartition(".")

        def of(part: Any) -> Slug:
            return home(getattr(part, field) if field else None)

        if not lines:
            yield of(event), event
            return
        every: Sequence[Any] = getattr(event, lines)
        for tenant in dict.fromkeys(map(of, every)):
            own = tuple(line for line in every if of(line) == tenant)
            yield tenant, event.model_copy(update={lines: own})

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
        elif rule.tenant and not names_tenant(events[rule.event], rule.tenant, rule.audience):
            yield f"{rule.name}: {rule.event} has no tenant {rule.tenant} beside {rule.audience}"


def names_contacts(event: type[BaseModel], audience: str) -> bool:
    """Whether contacts stand there in every event of this kind."""
    return _of_lists(event, audience.split(".")) is Contact


def names_tenant(event: type[BaseModel], path: str, audience: str) -> bool:
    """Whether a tenant stands there, in the event itself or in the line that names the audience."""
    lines, _, name = path.rpartition(".")
    kind = _of_lists(event, lines.split(".") if lines else [])
    beside = lines == audience.rpartition(".")[0] and name in _fields(kind)
    return beside and kind.model_fields[name].rebuild_annotation() in (Slug, Slug | None)


def _fields(kind: Any) -> Iterable[str]:
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else ()


def _of_lists(kind: Any, names: Iterable[str]) -> Any:
    """What a list in a list, by these names, is of; None where there is none."""
    for name in names:
        kind = _of_list(kind.model_fields[name].annotation) if name in _fields(kind) else None
    return kind


def _of_list(annotation: Any) -> Any:
    """What a tuple of any length is of."""
    arguments = get_args(annotation)
    if get_origin(annotation) is not tuple or arguments[1:] != (...,):
        return None
    return arguments[0]
