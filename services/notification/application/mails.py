"""Sending messages by mail: what is known of it stands in the message before and after."""

from collections.abc import Callable

from chassis.problems import NotFound, Unavailable
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.notification import MailRequested
from services.notification.domain.messages import MailState, Message
from services.notification.domain.rulebook import Rulebook


class Refused(Exception):
    """The mail server will never take it; its words."""


class PutOff(Exception):
    """The mail server will not take this one now, and may later; its words."""


class Doubtful(Exception):
    """The mail server may have taken it, and did not say so."""


def send_mail(id: str, send: Callable[[Message], None], rulebook: Rulebook) -> None:
    """Once. Raises Unavailable where it has to be tried again."""
    message = run(begin_mail, id, rulebook)
    if message is None:
        return
    try:
        send(message)
    except Refused as refusal:
        run(end_mail, id, MailState.REFUSED, str(refusal))
    except PutOff as refusal:
        if run(put_off_mail, id, str(refusal)).mail.is_open:
            raise server_away(refusal) from refusal
    except Doubtful as doubt:
        run(end_mail, id, MailState.UNKNOWN, str(doubt))
    except Unavailable as away:
        run(end_mail, id, MailState.WAITING, str(away))
        raise
    else:
        run(end_mail, id, MailState.SENT)


def begin_mail(work: UnitOfWork, id: str, rulebook: Rulebook) -> Message | None:
    """The message, if it is to be handed to the server now."""
    message = work.get(Message, id)
    if not message.mail.is_open:
        return None
    if message.mail.state is MailState.WAITING and _is_outdated(work, message, rulebook):
        message.outdate_mail()
        begun = False
    else:
        begun = message.begin_mail()
    work.save(message)
    return message if begun else None


def end_mail(work: UnitOfWork, id: str, state: MailState, reason: str | None = None) -> None:
    message = work.get(Message, id)
    message.end_mail(state, reason)
    work.save(message)


def put_off_mail(work: UnitOfWork, id: str, reason: str) -> Message:
    message = work.get(Message, id)
    message.put_off_mail(reason, work.at)
    work.save(message)
    return message


def server_away(reason: object) -> Unavailable:
    """What makes the job try again, in words for its log."""
    return Unavailable("Máy chủ thư chưa nhận.", f"The mail server does not take it: {reason}")


def resend_mail(work: UnitOfWork, handle: str) -> Message:
    """`handle`: the message's id, or as many of its first characters as no other has."""
    found = work.all(Message, id__startswith=handle)
    if len(found) != 1:
        raise NotFound(
            f"Có {len(found)} thư bắt đầu bằng {handle!r}; cần đúng một.",
            f"{len(found)} messages begin with {handle!r}; one is needed.",
        )
    (message,) = found
    message.resend_mail()
    work.save(message)
    work.tell(MailRequested(), about=message)
    return message


def _is_outdated(work: UnitOfWork, message: Message, rulebook: Rulebook) -> bool:
    """Whether its receiver was told of something newer about the same thing."""
    newer = work.first(
        Message,
        subject=message.subject,
        of_version__gt=message.of_version,
        event__in=sorted(rulebook.outdating(message.rule)),
        reached_by__in=message.reached_by,
    )
    return newer is not None
