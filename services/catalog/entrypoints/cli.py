import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from chassis import cli
from chassis.broker.topology import declare_streams
from chassis.scope import SERVICE, Scope, entered
from chassis.store import documents
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from contracts.catalog import Stream
from services.catalog.application.rebuilds import order_rebuild
from services.catalog.application.records import outdated, retell
from services.catalog.application.search import compare
from services.catalog.application.search import prepare as prepare_index
from services.catalog.bootstrap import every_listing, partner_accounts, search_index
from services.catalog.domain.rebuilds import Rebuild
from services.catalog.settings import Settings

POLL_S = 0.2


def create(settings: Settings) -> typer.Typer:
    tenants = Tenants.read(settings.tenants)

    def prepare() -> None:
        declare_streams(settings.streams)
        index = search_index(settings)
        prepare_index(index, every_listing)
        with entered(Scope(SERVICE, "catalog.prepare", frozenset(one.slug for one in tenants))):
            for records in outdated(tenants):
                while listings := run(retell, tenants, **records):
                    index.index(listings)

    app = cli.create("catalog", settings, prepare)
    app.add_typer(_partners(settings), name="partner", help="Partners' accounts on the streams.")

    @app.command("check")
    def check() -> None:
        """Compare the search index with the records, and change nothing; ends with 1 on a drift."""
        with _store(settings):
            drift = compare(search_index(settings), every_listing)
        print(f"hồ sơ · records: {drift.records}")
        print(f"chỉ mục thiếu hoặc cũ hơn · missing in the index or older: {drift.behind}")
        print(f"chỉ mục thừa · in the index alone: {drift.beyond}")
        if drift.behind or drift.beyond:
            raise typer.Exit(1)

    @app.command("rebuild")
    def rebuild() -> None:
        """Have the job process build the index anew, and wait; it goes on without this command."""
        with _store(settings), entered(Scope(SERVICE, "operator")):
            order = run(order_rebuild)
            print("đã giao việc · ordered", order.id, file=sys.stderr)
            while (order := run(UnitOfWork.get, Rebuild, order.id)).ended_at is None:
                time.sleep(POLL_S)
        if order.failure:
            print(f"không dựng được · not built: {order.failure}", file=sys.stderr)
            raise typer.Exit(1)
        print(f"chỉ mục mới · new index: {order.index}")

    return app


def _partners(settings: Settings) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    accounts = partner_accounts(settings)

    @app.command("add")
    def add(
        name: str = typer.Argument(callback=_named),
        sandbox: bool = typer.Option(False, "--sandbox", help=f"on {Stream.SANDBOX.value} alone"),
        new_password: bool = typer.Option(False, "--new-password", help="for a known account"),
    ) -> None:
        """Make an account that reads the public stream; print its address, this once."""
        stream = Stream.SANDBOX if sandbox else Stream.PUBLIC
        address = accounts.add(name, stream, new_password)
        print(f"{name}: chỉ đọc {stream}. Mật khẩu chỉ hiện một lần:", file=sys.stderr)
        print(f"{name}: reads {stream} and no more. Its password is shown once:", file=sys.stderr)
        print(address)

    @app.command("list")
    def list_all() -> None:
        """Each account and the stream that it reads."""
        for partner in accounts.all():
            print(f"{partner.name}  {partner.stream or '—'}")

    @app.command("remove")
    def remove(name: str = typer.Argument(callback=_named)) -> None:
        """Take an account away; what is connected by it is cut off."""
        accounts.remove(name)

    return app


def _named(name: str) -> str:
    if len(name) > 60 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise typer.BadParameter(
            "chữ thường không dấu, chữ số và gạch nối · small letters, digits and hyphens"
        )
    return name


@contextmanager
def _store(settings: Settings) -> Iterator[None]:
    patience = {"serverSelectionTimeoutMS": cli.PATIENCE_MS}
    documents.connect(settings.mongodb, settings.database, **patience)
    try:
        yield
    finally:
        documents.disconnect()
