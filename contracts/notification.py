"""What notification tells itself: work for its job process. No message's words are in it."""

from contracts.event import Event


class MailRequested(Event, source="notification", type="mail.requested.v1"):
    """The message with this id, the event's subject, has to go out by mail: it is new, or an
    operator has it sent again."""

    example = {}
