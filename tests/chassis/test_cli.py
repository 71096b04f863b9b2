"""Dead letters, as an operator lists, shows and replays them."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from chassis import cli
from chassis.broker import topology
from chassis.broker.publisher import Outgoing, Publisher
from chassis.settings import ServiceSettings
from contracts.event import Envelope
from tests.chassis.lab.entrypoints.worker import HEARD
from tests.chassis.running import depth, event, publish, taken


@pytest.fixture
def operator(engines: Any, vhost: str, tenants_file: Any, issuer: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr(cli, "SUBSCRIPTIONS", (HEARD,))
    settings = ServiceSettings(
        mongodb=engines.mongodb, database="unused", rabbitmq=vhost, tenants=tenants_file,
        issuers=issuer.trusted, instance="lab",
    )  # fmt: skip
    topology.declare(vhost, ["dossier"], [])
    app = cli.create("lab", settings, prepare=lambda: None)

    def run(*arguments: str) -> list[str]:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    run("topology")
    return run


def lay_dead(vhost: str, *ids: str) -> dict[str, Envelope]:
    publisher = Publisher(vhost)
    laid = {id: event(id) for id in ids}
    headers = {"attempts": 5, "error": "RuntimeError('it fails')", "exchange": "dossier"}
    publisher.publish([
        Outgoing(
            "", topology.dead(HEARD.queue), one.encoded(), {"message_id": id},
            headers | {"key": one.key},
        )
        for id, one in laid.items()
    ])  # fmt: skip
    publisher.close()
    return laid


def test_the_list_tells_each_with_its_reason_and_takes_none_away(operator, vhost):
    lay_dead(vhost, "one", "two")
    for _ in range(2):
        listed = [json.loads(line) for line in operator("dead-letters", "list", "--json")]
        assert listed == [
            {
                "queue": "lab.heard.dead", "id": id, "key": "producer.registered.v1.tri-ton",
                "attempts": 5, "reason": "RuntimeError('it fails')",
            }
            for id in ("one", "two")
        ]  # fmt: skip


def test_one_is_replayed_to_its_queue_as_new_and_the_others_stay(operator, vhost):
    laid = lay_dead(vhost, "one", "two")
    operator("dead-letters", "replay", "two")
    (back,) = taken(vhost, HEARD.queue)
    assert Envelope.decoded(back.body) == laid["two"]
    assert "attempts" not in back.headers
    assert depth(vhost, "lab.heard.dead") == 1


def test_what_nobody_wanted_goes_to_its_exchange_again(operator, vhost):
    publisher = Publisher(vhost)
    topology.declare(vhost, ["lab"], [])
    one = event("nobody's")
    publish(vhost, [one], "lab")
    listed = json.loads(operator("dead-letters", "list", "--json")[0])
    assert (listed["queue"], listed["key"]) == ("lab.unrouted", one.key)
    assert listed["reason"] == "no queue wanted it"
    operator("dead-letters", "replay")
    assert depth(vhost, "lab.unrouted") == 1  # still nobody's, and still kept
    publisher.close()


def test_show_tells_the_whole_letter(operator, vhost):
    laid = lay_dead(vhost, "one")
    shown = "\n".join(operator("dead-letters", "show", "one"))
    assert laid["one"].encoded() in shown
    assert "it fails" in shown
