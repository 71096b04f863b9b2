"""Dead letters, as an operator lists, shows and replays them."""

import json
from typing import Any

import amqp
import pytest
from kombu import Connection
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

    def run(*arguments: str, code: int = 0, input: str | None = None) -> list[str]:
        result = CliRunner().invoke(app, list(arguments), input=input)
        assert result.exit_code == code, result.output
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
        handles = [one.pop("handle") for one in listed]
        assert len(set(handles)) == 2
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


def lay_anonymous(vhost: str, *bodies: str) -> None:
    """Letters without an id, as a stranger's."""
    with Connection(vhost) as connection:
        for body in bodies:
            message = amqp.Message(body, application_headers={"error": "no type"})
            connection.default_channel.basic_publish(message, "", topology.dead(HEARD.queue))


def handles(operator) -> list[str]:
    return [json.loads(line)["handle"] for line in operator("dead-letters", "list", "--json")]


def test_one_without_an_id_has_a_handle_by_which_it_is_shown_and_replayed(operator, vhost):
    lay_anonymous(vhost, "first", "second")
    first, second = handles(operator)
    assert handles(operator) == [first, second]
    assert "second" in operator("dead-letters", "show", second)
    assert operator("dead-letters", "replay", second)[-1] == "đã gửi lại · sent again: 1"
    (back,) = taken(vhost, HEARD.queue)
    assert back.body in ("second", b"second")
    assert handles(operator) == [first]


def test_the_list_has_a_heading_where_it_has_letters(operator, vhost):
    assert operator("dead-letters", "list") == []
    lay_dead(vhost, "one")
    heading, line = operator("dead-letters", "list")
    assert heading.split() == ["handle", "queue", "id", "key", "attempts", "reason"]
    assert line.split()[1:3] == ["lab.heard.dead", "one"]


def test_discarding_takes_one_when_it_was_confirmed(operator, vhost):
    lay_anonymous(vhost, "first", "second", "second")
    _, second, _ = handles(operator)
    operator("dead-letters", "discard", second, code=1, input="n\n")
    assert depth(vhost, "lab.heard.dead") == 3
    operator("dead-letters", "discard", second, "--yes")
    assert len(handles(operator)) == 2
    operator("dead-letters", "discard", second, input="y\n")
    assert second not in handles(operator)
    assert depth(vhost, "lab.heard.dead") == 1


def test_of_two_with_one_id_all_are_replayed_and_none_is_discarded_unnamed(operator, vhost):
    lay_dead(vhost, "one")
    lay_dead(vhost, "one")
    told = operator("dead-letters", "discard", "one", "--yes", code=1)
    assert all(handle in told[0] for handle in handles(operator))
    assert "2 thư cùng mã · letters with this id" in operator("dead-letters", "show", "one")
    told = operator("dead-letters", "replay", "one")
    assert set(told) == {"2 thư cùng mã · letters with this id", "đã gửi lại · sent again: 2"}
    assert depth(vhost, "lab.heard.dead") == 0


@pytest.mark.parametrize("command", [["show"], ["replay"], ["discard", "--yes"]])
def test_an_unknown_handle_is_told(operator, vhost, command):
    lay_dead(vhost, "one")
    told = operator("dead-letters", *command, "nobody", code=1)
    assert told == ["✗ không có thư nobody · no such letter"]
    assert depth(vhost, "lab.heard.dead") == 1


@pytest.mark.parametrize("command", [["topology"], ["dead-letters", "list"]])
def test_a_broker_that_is_away_is_told_in_a_line(tenants_file, issuer, command):
    settings = ServiceSettings(
        mongodb="mongodb://127.0.0.1:1", database="unused", rabbitmq="amqp://127.0.0.1:1/x",
        tenants=tenants_file, issuers=issuer.trusted, instance="lab",
    )  # fmt: skip
    result = CliRunner().invoke(cli.create("lab", settings, prepare=lambda: None), command)
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert "RabbitMQ không trả lời" in line
    assert "./ocop run" in line
