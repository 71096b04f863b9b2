"""Worker and job as they run: from the owners' events to the mail server, through their deaths."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from chassis.broker import topology
from contracts.event import Envelope
from contracts.topology import MAILS, NEWS_TO_MESSAGES
from services.notification.entrypoints.cli import create
from services.notification.settings import Settings
from tests.chassis.running import depth, publish, running, taken, until
from tests.conftest import TENANTS
from tests.notification.news import HOA, LAN, TU, convened, issued, news, returned
from tests.notification.test_telling import ALL


@pytest.fixture
def cli(engines: Any, database: Any, vhost: str, told: dict[str, str]) -> Callable[..., Any]:
    settings = Settings(
        mongodb=engines.mongodb, database=database.name, rabbitmq=vhost, tenants=TENANTS,
        issuers="/dev/null", instance="notification", **{k.lower(): v for k, v in told.items()},
    )  # fmt: skip
    app = create(settings)
    return lambda *words: CliRunner().invoke(app, words, catch_exceptions=False)


def states(database: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in database.messages.find():
        found[row["mail"]["state"]] = found.get(row["mail"]["state"], 0) + 1
    return found


def tell(vhost: str, *envelopes: Envelope) -> None:
    for one in envelopes:
        publish(vhost, [one], one.data.source)


def test_from_the_event_to_the_mail_once_by_two_workers_however_often_it_comes(
    process, cli, database, vhost, moody
):
    assert cli("prepare").exit_code == 0
    history = [news(convened(HOA, LAN, TU)), news(returned(HOA)), news(issued())]
    with running(process("worker", "one")), running(process("worker", "two")):
        tell(vhost, *history, *history, *reversed(history))
        until(lambda: database.messages.count_documents({}) == 4)
        with running(process("job")):
            until(lambda: len(moody.mails) == 3)
            until(lambda: states(database) == {"sent": 3, "none": 1})
            tell(vhost, *history)
            until(lambda: depth(vhost, NEWS_TO_MESSAGES.queue) == 0)
    assert database.messages.count_documents({}) == 4
    sent = sorted((mail["To"].addresses[0].username, mail["Subject"][:4]) for mail in moody.mails)
    assert sent == [("hoa", "Hồ s"), ("hoa", "Mời "), ("lan", "Mời ")]
    for queue in ("notification.unrouted", topology.dead(MAILS.queue),
                  topology.dead(NEWS_TO_MESSAGES.queue)):  # fmt: skip
        assert taken(vhost, queue) == []


def test_killed_between_sending_and_sent_it_is_unknown_and_an_operator_decides(
    process, cli, database, vhost, moody
):
    assert cli("prepare").exit_code == 0
    job = process("job")
    with running(process("worker")):
        job.start()
        until(lambda: job.ready)
        moody.kills = job.popen.pid
        tell(vhost, news(returned(HOA)))
        until(lambda: job.popen.poll() is not None)
        assert states(database) == {"sending": 1}
        with running(process("job")):
            until(lambda: states(database) == {"unknown": 1})
            until(lambda: depth(vhost, MAILS.queue) == 0)
            assert len(moody.mails) == 1
            (row,) = database.messages.find()
            listed = cli("mails", "unknown").output
            for said in (row["_id"], "huyen-mau", "hoa@mau.example", row["title"]["vi"]):
                assert said in listed
            assert cli("mails", "refused").output == ""
            assert row["_id"] in cli("mails", "resend", row["_id"][:13]).output
            until(lambda: states(database) == {"sent": 1})
    assert len(moody.mails) == 2
    assert cli("mails", "unknown").output == ""


def test_a_server_that_is_busy_is_asked_again_and_the_mail_goes_out_once(
    process, cli, database, vhost, moody
):
    assert cli("prepare").exit_code == 0
    moody.of_receivers = ["451 busy"]
    with running(process("worker")), running(process("job")):
        tell(vhost, news(returned(HOA)))
        until(lambda: states(database) == {"sent": 1})
    assert database.messages.find_one()["mail"]["attempts"] == 2
    assert len(moody.mails) == 1


def test_what_is_not_there_to_be_sent_again_is_said(cli, database):
    done = cli("mails", "resend", "nobody")
    assert done.exit_code == 1
    assert "0 messages begin with 'nobody'" in done.output + done.stderr


def test_the_rules_are_shown(cli):
    lines = cli("rules").output.splitlines()
    assert "decision-made  decision.made.v1 → products.contacts  inbox, mail  now" in lines
    assert sorted(line.split()[0] for line in lines) == sorted(ALL)
