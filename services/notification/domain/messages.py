"""Messages (tin báo): what one person was told of one event, whether it was read, and its mail."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict
from contracts.event import Envelope
from contracts.person import Contact, Person
from contracts.text import Id, Said, Slug, Words
from services.notification.domain.rules import Channel, Rule
from services.notification.domain.templates import Written


class MailState(StrEnum):
    NONE = "none"  # no address, or no mail by this rule
    WAITING = "waiting"
    SENDING = "sending"  # handed to the server, whose answer is not known yet
    SENT = "sent"
    REFUSED = "refused"  # for good, in the server's words
    UNKNOWN = "unknown"  # it may have been sent: an operator decides whether to send it again
    OUTDATED = "outdated"  # not sent: its receiver was told of something newer


_MAIL = {
    MailState.NONE: Words("không gửi bằng e-mail", "is not sent by mail"),
    MailState.WAITING: Words("đang chờ gửi", "waits to be sent"),
    MailState.SENDING: Words("đang được gửi", "is being sent"),
    MailState.SENT: Words("đã gửi", "has been sent"),
    MailState.REFUSED: Words("bị từ chối", "was refused"),
    MailState.UNKNOWN: Words("chưa rõ đã gửi hay chưa", "may have been sent"),
    MailState.OUTDATED: Words("không còn cần gửi", "is outdated"),
}


PUT_OFF_FOR = timedelta(days=5)
"""How long a server may refuse one for now (RFC 5321, 4.5.4.1: at least 4 to 5 days)."""


class Mail(BaseModel):
    """`attempts`: how often it was begun. `reason`: why it is not sent, or not known to be.
    `put_off_at`: when the server refused it for now for the first time."""

    model_config = ConfigDict(frozen=True)

    state: MailState = MailState.NONE
    attempts: int = 0
    reason: str | None = None
    put_off_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (MailState.WAITING, MailState.SENDING)


class NothingToResend(Conflict):
    slug = "nothing-to-resend"


class Message(Aggregate):
    """One event told to one receiver by one rule, in the tenant where they read it. `teller`: the
    tenant whose event it is. `of_version`: of the event's subject. `at`: when that happened which
    it tells."""

    teller: Slug = Field(default_factory=lambda known: known["tenant"])
    receiver: Contact
    rule: str
    event: str
    event_id: Id
    subject: Id
    of_version: int
    title: Said
    body: Said
    at: datetime
    shown: bool
    read_at: datetime | None = None
    mail: Mail = Mail()

    @classmethod
    def telling(
        cls, envelope: Envelope, rule: Rule, tenant: Slug, receiver: Contact, written: Written
    ) -> "Message":
        mailed = Channel.MAIL in rule.channels and receiver.email is not None
        return cls(
            id=message_id(envelope.id, rule.name, tenant, receiver),
            tenant=tenant,
            teller=envelope.tenant,
            receiver=receiver,
            rule=rule.name,
            event=envelope.type,
            event_id=envelope.id,
            subject=envelope.subject,
            of_version=envelope.version,
            at=envelope.time,
            shown=Channel.INBOX in rule.channels,
            mail=Mail(state=MailState.WAITING if mailed else MailState.NONE),
            title=written.title,
            body=written.body,
        )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reached_by(self) -> list[str]:
        """The phone number and the address of its receiver, to be looked for by either."""
        return [one for one in (self.receiver.phone, self.receiver.email) if one]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def read(self) -> bool:
        return self.read_at is not None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def mail_state(self) -> MailState:
        return self.mail.state

    @computed_field  # type: ignore[prop-decorator]
    @property
    def place(self) -> str:
        """In the order of time, which to the millisecond is what the store keeps of it."""
        return f"{self.at.astimezone(UTC).isoformat(timespec='milliseconds')}/{self.id}"

    def is_for(self, person: Person) -> bool:
        return self.shown and self.receiver.reaches(person)

    def begin_mail(self) -> bool:
        """Of one that is open: whether it may be handed to the server now. Found as sending, it was
        begun by somebody who did not live to say how it ended: it is never sent twice in silence.
        """
        if self.mail.state is MailState.SENDING:
            self._mail(MailState.UNKNOWN, "ended while it was being sent")
            return False
        self._mail(MailState.SENDING)
        self.mail = self.mail.model_copy(update={"attempts": self.mail.attempts + 1})
        return True

    def end_mail(self, state: MailState, reason: str | None = None) -> None:
        """What came of it. One that is unknown by now is not sent by itself again."""
        if not (state is MailState.WAITING and self.mail.state is MailState.UNKNOWN):
            self._mail(state, reason)

    def put_off_mail(self, reason: str, at: datetime) -> None:
        """The server refused it for now. What it has refused for so long is refused for good."""
        first = self.mail.put_off_at or at
        self.mail = self.mail.model_copy(update={"put_off_at": first})
        over = at - first >= PUT_OFF_FOR
        self.end_mail(MailState.REFUSED if over else MailState.WAITING, reason)

    def outdate_mail(self) -> None:
        self._mail(MailState.OUTDATED)

    def resend_mail(self) -> None:
        if self.mail.state not in (MailState.UNKNOWN, MailState.REFUSED):
            words = _MAIL[self.mail.state]
            raise NothingToResend(
                f"Thư này {words.vi}; chỉ gửi lại thư chưa rõ hoặc bị từ chối.",
                f"This mail {words.en}; one that is unknown or refused is sent again.",
            )
        self._mail(MailState.WAITING)
        self.mail = self.mail.model_copy(update={"put_off_at": None})

    def _mail(self, state: MailState, reason: str | None = None) -> None:
        self.mail = self.mail.model_copy(update={"state": state, "reason": reason})


def message_id(event_id: str, rule: str, tenant: Slug, receiver: Contact) -> str:
    """The same however often the event comes."""
    way = receiver.phone or receiver.email
    return str(uuid5(NAMESPACE_URL, f"{event_id}/{rule}/{tenant}/{way}"))
