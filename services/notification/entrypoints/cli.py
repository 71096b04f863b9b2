from collections.abc import Iterator
from contextlib import contextmanager

import typer

from chassis import cli
from chassis.scope import SERVICE, Scope, entered
from chassis.store import documents
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from services.notification.application.mails import resend_mail
from services.notification.bootstrap import rulebook
from services.notification.domain.messages import MailState, Message
from services.notification.settings import Settings


def create(settings: Settings) -> typer.Typer:
    app = cli.create("notification", settings, prepare=lambda: None)
    app.add_typer(_mails(settings), name="mails", help="Messages that went out by mail, or not.")

    @app.command("rules")
    def rules() -> None:
        """Who is told of what, by which channels; a broken rule or template is said."""
        for rule in rulebook().rules:
            channels = ", ".join(sorted(rule.channels))
            print(f"{rule.name}  {rule.event} → {rule.audience}  {channels}  {rule.when}")

    return app


def _mails(settings: Settings) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)

    @app.command("unknown")
    def unknown() -> None:
        """Those that may have been sent: look at the mail server's log, and send again or leave."""
        _list(settings, MailState.UNKNOWN)

    @app.command("refused")
    def refused() -> None:
        """Those that the mail server will not take, with its words."""
        _list(settings, MailState.REFUSED)

    @app.command("resend")
    def resend(
        handle: str = typer.Argument(help="as listed; or the first characters of one"),
    ) -> None:
        """Have one of these sent again."""
        with _every_tenant(settings):
            message = run(resend_mail, handle)
        print(f"đã giao lại · handed on again: {message.id}")

    return app


def _list(settings: Settings, state: MailState) -> None:
    with _every_tenant(settings):
        for one in sorted(run(UnitOfWork.all, Message, mail_state=state), key=lambda m: m.place):
            print(
                one.id, one.tenant, f"{one.at:%Y-%m-%d %H:%M}", one.receiver.email, one.title.vi,
                one.mail.reason or "—", sep="  ",
            )  # fmt: skip


@contextmanager
def _every_tenant(settings: Settings) -> Iterator[None]:
    tenants = frozenset(one.slug for one in Tenants.read(settings.tenants))
    patience = {"serverSelectionTimeoutMS": cli.PATIENCE_MS}
    documents.connect(settings.mongodb, settings.database, **patience)
    try:
        with entered(Scope(SERVICE, "operator", tenants)):
            yield
    finally:
        documents.disconnect()
