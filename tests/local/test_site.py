"""A whole site of stand-ins on the real broker: who is told what, and that nothing outlives it."""

import smtplib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
import pytest

from deploy.local import tree
from deploy.local.addresses import VARIABLES, Addresses
from deploy.local.asking import ask
from deploy.local.catcher import caught
from deploy.local.dropping import drop
from deploy.local.failure import Failure
from deploy.local.site import KEEPER, Site
from deploy.local.tree import ROOT
from deploy.local.waiting import until


def start(site: Site) -> None:
    """Ready before anybody stops it: a SIGTERM between fork and exec is lost to supervisord."""
    site.start(tied=True)
    site.wait_ready()


@pytest.fixture
def make(engines: Any, tree_of_stand_ins: Path, tmp_path: Path) -> Iterator[Any]:
    """Sites of one folder: a second one sees what the first left."""
    name = f"t{uuid4().hex[:10]}"
    addresses = Addresses.of(
        {
            "OCOP_MONGODB": engines.mongodb,
            "OCOP_RABBITMQ": engines.rabbitmq,
            "OCOP_RABBITMQ_MANAGEMENT": engines.management,
            "OCOP_ELASTICSEARCH": engines.elasticsearch,
        }
    )

    def make(*, keeper: bool = False) -> Site:
        folder = tmp_path / "50% of a site"
        return Site(folder, addresses, name=name, root=tree_of_stand_ins, keeper=keeper)

    yield make
    make().stop()
    drop(make())


def test_the_keeper_of_engines_is_waited_for_and_listens_nowhere(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make(keeper=True)
    for name in VARIABLES:  # so that there is nothing of this checkout's own to keep
        monkeypatch.setenv(name, "http://somewhere.example:1")
    site.start(tied=True)
    assert set(site.wait_ready()) == {one.name for one in site.processes} - {KEEPER.name}
    until(lambda: site.ready(KEEPER.name), seconds=10, what=KEEPER.name)
    assert KEEPER.name not in site.ports
    assert not make(keeper=True).changed


def test_all_are_ready_and_told_their_own(make: Any, tree_of_stand_ins: Path) -> None:
    site = make()
    site.start(tied=True)
    assert set(site.wait_ready()) == {process.name for process in site.processes}
    assert (tree_of_stand_ins / "called").read_text() == "dossier prepare\n"

    _, dossier = ask(site.url("dossier-worker"))
    ours = {name for name in dossier if name.startswith("OCOP_")}
    assert {name.split("_")[1] for name in ours} == {"DOSSIER"}
    assert dossier["OCOP_DOSSIER_DATABASE"] == f"{site.name}_dossier"
    assert dossier["OCOP_DOSSIER_RABBITMQ"] == f"{site.addresses.rabbitmq}/{site.name}"
    assert dossier["OCOP_DOSSIER_REPLICA"] == "dossier-worker"

    _, catalog = ask(site.url("catalog-http"))
    assert catalog["OCOP_CATALOG_STREAMS"] == f"{site.addresses.rabbitmq}/{site.name}-public"
    assert len(catalog["OCOP_CATALOG_CURSOR_KEY"]) > 30

    _, gateway = ask(site.url("gateway"))
    assert gateway["OCOP_GATEWAY_INSTANCES"] == (
        f'{{"catalog": "{site.url("catalog-http")}", "dossier": "{site.url("dossier-http")}"}}'
    )
    assert "OCOP_GATEWAY_MONGODB" not in gateway


def test_a_second_start_has_nothing_to_change_until_a_file_changes(
    make: Any, tree_of_stand_ins: Path
) -> None:
    start(make())
    assert make().running
    assert not make().changed
    (tree_of_stand_ins / "services" / "dossier" / "entrypoints" / "job.py").touch()
    assert make().changed
    start(make())
    assert not make().changed
    make().keys.change_seal()
    assert make().changed


def test_where_there_is_notification_its_mail_is_caught(make: Any, tree_of_stand_ins: Path) -> None:
    for part in ("deploy", "services/notification/entrypoints"):
        (tree_of_stand_ins / part).mkdir(parents=True)
    (tree_of_stand_ins / "services" / "notification" / "entrypoints" / "job.py").touch()
    (tree_of_stand_ins / "deploy" / "local").symlink_to(ROOT / "deploy" / "local")
    (tree_of_stand_ins / "deploy" / "__init__.py").touch()
    site = make()
    assert "mail-catcher" not in {process.name for process in tree.processes(site.root)}
    start(site)
    _, told = ask(site.url("notification-job"))
    at = urlsplit(told["OCOP_NOTIFICATION_SMTP"])
    assert (at.scheme, at.port) == ("smtp", site.ports["mail-catcher"])
    with smtplib.SMTP(at.hostname, at.port) as server:
        server.sendmail("a@x.example", ["b@y.example"], "Subject: Hi\n\nHi\n")
    assert [mail["Subject"] for mail in caught(site.mail)] == ["Hi"]
    site.stop()
    assert [mail["Subject"] for mail in caught(site.mail)] == ["Hi"]


def test_what_is_killed_comes_back_and_what_is_stopped_is_gone(make: Any) -> None:
    site = make()
    start(site)
    before = site.process("dossier-worker")
    site.kill("dossier-worker")
    until(
        lambda: site.process("dossier-worker") not in (before, None) and not before.is_running(),
        seconds=15,
        what="another dossier-worker",
    )
    site.wait_ready()
    everybody = [site.process(process.name) for process in site.processes]
    site.stop()
    assert not site.running
    assert [process for process in everybody if process.is_running()] == []


def test_nothing_outlives_a_supervisor_that_was_killed(make: Any) -> None:
    site = make()
    start(site)
    everybody = [site.process(process.name) for process in site.processes]
    site._supervisord.process.kill()
    _, alive = psutil.wait_procs(everybody, timeout=10)
    assert alive == []


@pytest.mark.parametrize("part", ["misconfigured", "crashing"])
def test_a_process_that_cannot_start_is_named_soon(
    make: Any, tree_of_stand_ins: Path, part: str
) -> None:
    entrypoint = tree_of_stand_ins / "services" / part / "entrypoints" / "http.py"
    entrypoint.parent.mkdir(parents=True)
    entrypoint.touch()
    site = make()
    site.start(tied=True)
    with pytest.raises(Failure, match=f"{part}-http does not start"):
        site.wait_ready()


def test_secrets_are_this_users_alone_and_stay(make: Any) -> None:
    start(make())
    secrets = {file: file.read_text() for file in make().keys.issuer.parent.iterdir()}
    assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
    start(make())
    assert {file: file.read_text() for file in secrets} == secrets


@pytest.mark.parametrize("name", ["ocop-2", "Ocop", "", "2"])
def test_a_name_that_could_begin_anothers_is_refused(name: str, make: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="small letters"):
        Site(tmp_path, make().addresses, name=name)
