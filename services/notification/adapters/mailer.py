"""Mail by SMTP. A server's refusal, its absence and its silence after the last byte differ."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from urllib.parse import urlsplit

from chassis.tenants import Tenants
from services.notification.application.mails import Doubtful, PutOff, Refused, server_away
from services.notification.domain.messages import Message

POLICY = compat32.clone(linesep="\r\n")
"""The newer policies of `email` lose a blank where they break a long subject in two (Python 3.11).
"""
PATIENCE_S = 20
IMPLICIT_TLS = 465
"""On this port TLS comes before the first word (RFC 8314), on others by STARTTLS."""
TAKEN = (250, 251)
CLOSING = 421
"""Whatever was asked, it says that the server as a whole is going away."""


class Mailer:
    """`server`: smtp://host:port, or smtps:// for TLS. `sender`: the address that mail is from."""

    def __init__(
        self, server: str, sender: str, tenants: Tenants, login: tuple[str, str] | None = None
    ) -> None:
        at = urlsplit(server)
        self._host, self._port, self._tls = at.hostname or "", at.port or 0, at.scheme == "smtps"
        self._sender, self._tenants, self._login = sender, tenants, login

    def send(self, message: Message) -> None:
        """Returns when the server has it. Refused: never; PutOff: not this one now; Unavailable:
        not one of ours now; Doubtful: who knows.

        What is wrong with our server, our login or our sender is no receiver's fault: Unavailable.
        """
        content = self._written(message).as_bytes(policy=POLICY)
        with self._connected() as server:
            try:
                code, said = server.mail(self._sender)
                if code not in TAKEN:
                    raise server_away(_words(code, said))
                _need(*server.rcpt(message.receiver.email or ""))
            except (OSError, smtplib.SMTPException) as error:
                raise server_away(error) from error
            try:
                answer = server.data(content)
            except smtplib.SMTPDataError as refused:  # before the first byte
                answer = refused.smtp_code, _bytes(refused.smtp_error)
            except (OSError, smtplib.SMTPException) as error:
                raise Doubtful(repr(error)) from error
            _need(*answer)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise server_away(error) from error
        try:
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self._tls and self._port == IMPLICIT_TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=PATIENCE_S, context=trusted
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=PATIENCE_S)
        try:
            if self._tls and self._port != IMPLICIT_TLS:
                server.starttls(context=trusted)
            server.ehlo_or_helo_if_needed()
            if self._login:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server

    def _written(self, message: Message) -> MIMEText:
        """In Vietnamese, with the same in English below. The Message-ID is the message's own, so
        that of two that arrive one is seen."""
        unit = self._tenants.get(message.teller).name.vi
        english = f"{message.title.en}\n\n{message.body.en}"
        mail = MIMEText(f"{message.body.vi}\n\n--------\n\n{english}\n", "plain", "utf-8")
        mail["Message-ID"] = f"<{message.id}@{self._sender.partition('@')[2]}>"
        mail["Date"] = format_datetime(message.at)
        mail["From"] = _addressed(f"OCOP {unit}", self._sender)
        mail["To"] = _addressed(message.receiver.name, message.receiver.email or "")
        mail["Subject"] = Header(message.title.vi, "utf-8")
        mail["Auto-Submitted"] = "auto-generated"
        return mail


def _addressed(name: str, address: str) -> Header:
    """Letters beyond ASCII are encoded, for whatever server there is on the way."""
    header = Header(name, "utf-8")
    header.append(f"<{address}>", "us-ascii")
    return header


def _need(code: int, said: bytes) -> None:
    """4xx is for now, 5xx for good."""
    if code >= 500:
        raise Refused(_words(code, said))
    if code == CLOSING:
        raise server_away(_words(code, said))
    if code not in TAKEN:
        raise PutOff(_words(code, said))


def _words(code: int, said: bytes) -> str:
    return f"{code} {said.decode(errors='replace')}"


def _bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said
