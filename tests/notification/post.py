"""Mail servers of the tests: the catcher itself, and such as refuse, fall silent or see a death."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.catcher import Catcher, caught
from tests.chassis.running import free_port


class Moody(Catcher):
    """What it says to a receiver or to a mail, as often as was set, before it takes them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.of_receivers: list[str] = []
        self.of_mails: list[str] = []
        self.kills: int | None = None
        """A process that is killed when it has handed a mail over and has no answer yet."""

    @property
    def mails(self) -> list[EmailMessage]:
        return caught(self.folder)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.of_receivers:
            return self.of_receivers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = self.of_mails.pop(0) if self.of_mails else "250 kept"
        if said != "250 kept":
            if said == "silence":
                await super().handle_DATA(server, session, envelope)
                server.transport.abort()
            return said
        await super().handle_DATA(server, session, envelope)
        if self.kills is not None:
            os.kill(self.kills, signal.SIGKILL)
            self.kills = None
        return said


@contextmanager
def serving(moody: Moody, **options: Any) -> Iterator[int]:
    """On which port."""
    port = free_port()
    controller = Controller(moody, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
