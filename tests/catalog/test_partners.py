"""A partner's account reads its stream, and nothing else happens by it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pika
import pytest
from pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ProbableAccessDeniedError,
)
from typer.testing import CliRunner

from chassis.broker.publisher import EVENT, Outgoing, Publisher
from chassis.broker.topology import declare_streams
from services.catalog.adapters.partners import LIMITS
from services.catalog.entrypoints.cli import create
from services.catalog.settings import Settings
from tests.conftest import TENANTS


@pytest.fixture
def command(engines: Any, settings: dict[str, str], issuer: Any) -> Callable[..., Any]:
    """Runs what an operator runs."""
    given = {name.lower(): value for name, value in settings.items()}
    told = Settings(
        tenants=TENANTS, issuers=issuer.trusted, instance="catalog",
        mongodb=engines.mongodb, database="test_none", **given,
    )  # fmt: skip
    declare_streams(told.streams)
    app = create(told)
    return lambda *arguments: CliRunner().invoke(app, ["partner", *arguments])


@pytest.fixture
def name(engines: Any) -> Iterator[str]:
    name = f"test-{uuid4().hex[:12]}"
    yield name
    if any(one["name"] == name for one in engines.manage("GET", "users")):
        engines.manage("DELETE", f"users/{name}")


@contextmanager
def channel(address: str) -> Iterator[Any]:
    with pika.BlockingConnection(pika.URLParameters(address)) as connection:
        yield connection.channel()


def read(address: str, stream: str) -> bytes:
    """The first event of the stream, as a partner reads it."""
    with channel(address) as open:
        open.basic_qos(prefetch_count=10)
        offset = {"x-stream-offset": "first"}
        for method, _, body in open.consume(stream, arguments=offset, inactivity_timeout=10):
            assert method is not None, "nothing came"
            open.basic_ack(method.delivery_tag)
            return body
    raise AssertionError("the stream ended")


def publish(uri: str, *streams: str) -> None:
    publisher = Publisher(uri)
    sent = [Outgoing("", one, one, EVENT | {"message_id": str(uuid4())}) for one in streams]
    assert publisher.publish(sent) == set()
    publisher.close()


def test_it_reads_the_public_stream_and_does_nothing_else(command, vhost, name):
    publish(vhost, "catalog.public", "catalog.sandbox")
    address = command("add", name).stdout.strip()
    assert read(address, "catalog.public") == b"catalog.public"
    refused: dict[str, Callable[[Any], Any]] = {
        "another stream": lambda open: next(
            open.consume("catalog.sandbox", arguments={"x-stream-offset": "first"})
        ),
        "a message of it": lambda open: open.basic_get("catalog.sandbox"),
        "a new queue": lambda open: open.queue_declare(f"{name}-own"),
        "a queue of no name": lambda open: open.queue_declare("", exclusive=True),
        "a new exchange": lambda open: open.exchange_declare(f"{name}-own"),
        "its own stream anew": lambda open: open.queue_declare("catalog.public", durable=True),
        "its end": lambda open: open.queue_delete("catalog.public"),
        "its emptying": lambda open: open.queue_purge("catalog.public"),
        "writing to it": lambda open: publish_into(open, "", "catalog.public"),
        "writing anywhere": lambda open: publish_into(open, "amq.topic", "x"),
        "a binding": lambda open: open.queue_bind("catalog.public", "amq.topic", "#"),
    }
    codes = {}
    for what, attempt in refused.items():
        with channel(address) as open:
            open.basic_qos(prefetch_count=1)
            with pytest.raises((ChannelClosedByBroker, ConnectionClosedByBroker)) as closed:
                attempt(open)
        codes[what] = closed.value.reply_code
    not_for_streams = {"its emptying": 540}  # whoever asks
    assert codes == dict.fromkeys(refused, 403) | not_for_streams


@pytest.mark.parametrize("call", ["nack", "reject", "get", "purge", "stop_consuming"])
def test_what_streams_do_not_take_ends_the_connection(command, vhost, name, call):
    """As docs/integration/marketplace.md warns who writes a client."""
    publish(vhost, *["catalog.public"] * 3)
    address = command("add", name).stdout.strip()
    with pytest.raises(ConnectionClosedByBroker) as closed:
        follow_and(call, address)
    assert closed.value.reply_code == 540


def follow_and(call: str, address: str) -> None:
    """Attach, and do that once events are here."""
    tags = []

    def take(channel: Any, method: Any, *_: Any) -> None:
        tags.append(method.delivery_tag)
        if call == "stop_consuming":  # with the second event here and not handed over
            channel.stop_consuming()

    with channel(address) as open:
        open.basic_qos(prefetch_count=2)
        open.basic_consume("catalog.public", take, arguments={"x-stream-offset": "first"})
        open.connection.process_data_events(10)
        {
            "nack": lambda: open.basic_nack(tags[0]),
            "reject": lambda: open.basic_reject(tags[0]),
            "get": lambda: open.basic_get("catalog.public"),
            "purge": lambda: open.queue_purge("catalog.public"),
        }.get(call, lambda: None)()
        open.connection.process_data_events(10)


def test_an_offset_that_is_a_text_is_refused(command, vhost, name):
    with channel(command("add", name).stdout.strip()) as open:
        open.basic_qos(prefetch_count=2)
        with pytest.raises((ChannelClosedByBroker, ConnectionClosedByBroker)):
            open.basic_consume(
                "catalog.public", lambda *_: None, arguments={"x-stream-offset": "12"}
            )


def publish_into(open: Any, exchange: str, key: str) -> None:
    open.confirm_delivery()
    open.basic_publish(exchange, key, b"forged")


def test_of_the_sandbox_it_reads_the_sandbox_alone(command, vhost, name):
    publish(vhost, "catalog.public", "catalog.sandbox")
    address = command("add", name, "--sandbox").stdout.strip()
    assert read(address, "catalog.sandbox") == b"catalog.sandbox"
    with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        read(address, "catalog.public")


def test_it_is_of_no_other_vhost_and_of_no_management(command, engines, name):
    address = command("add", name).stdout.strip()
    with pytest.raises(ProbableAccessDeniedError, match="access to vhost '/' refused"):
        read(address.rpartition("/")[0] + "/%2F", "catalog.public")
    (user,) = (one for one in engines.manage("GET", "users") if one["name"] == name)
    assert user["tags"] in (["partner"], "partner")


def test_a_password_changes_only_when_it_is_asked_for(command, vhost, name):
    publish(vhost, "catalog.public", "catalog.sandbox")
    first = command("add", name).stdout.strip()
    again = command("add", name)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "--new-password" in again.stderr
    assert command("add", name, "--sandbox", "--new-password").exit_code == 1
    assert read(first, "catalog.public") == b"catalog.public"
    second = command("add", name, "--new-password").stdout.strip()
    assert read(second, "catalog.public") == b"catalog.public"
    with pytest.raises(AMQPConnectionError):
        read(first, "catalog.public")


def test_it_is_listed_until_it_is_removed(command, name):
    command("add", name, "--sandbox")
    assert f"{name}  catalog.sandbox" in command("list").stdout.splitlines()
    assert command("remove", name).exit_code == 0
    assert name not in command("list").stdout
    assert command("remove", name).exit_code == 1


def test_no_other_account_of_the_broker_is_touched(command, engines, vhost, name):
    engines.manage("PUT", f"users/{name}", {"password": "kept", "tags": "monitoring"})
    before = engines.manage("GET", f"users/{name}")
    for arguments in (["add", name], ["add", name, "--new-password"], ["remove", name]):
        assert command(*arguments).exit_code == 1
    assert engines.manage("GET", f"users/{name}") == before
    assert name not in command("list").stdout


def test_an_account_opens_so_many_connections_and_channels(command, vhost, name):
    publish(vhost, "catalog.public")
    address = command("add", name).stdout.strip()
    with ExitStack() as open:
        for _ in range(LIMITS["max-connections"]):
            open.enter_context(channel(address))
        with pytest.raises(AMQPError, match="limit"), channel(address):
            pass
    assert read(address, "catalog.public") == b"catalog.public"


@pytest.mark.parametrize("taken", ["guest", "rabbitmq", "rabbit-cli", "amq", "amqp-shovel"])
def test_a_name_of_the_brokers_own_is_refused(command, engines, taken):
    before = len(engines.manage("GET", "users"))
    ended = command("add", taken)
    assert ended.exit_code == 1
    assert len(engines.manage("GET", "users")) == before


@pytest.mark.parametrize("wrong", ["", "Sàn", "a/b", "../users", "a b", "-a", "x" * 61, "a\n"])
def test_a_name_that_is_none_is_refused(command, engines, wrong):
    before = len(engines.manage("GET", "users"))
    assert command("add", "--", wrong).exit_code == 2
    assert len(engines.manage("GET", "users")) == before


def test_a_store_that_is_away_is_told_in_a_line(settings: dict[str, str], issuer: Any) -> None:
    given = {name.lower(): value for name, value in settings.items()}
    told = Settings(
        tenants=TENANTS, issuers=issuer.trusted, instance="catalog",
        mongodb="mongodb://127.0.0.1:1", database="test_none", **given,
    )  # fmt: skip
    ended = CliRunner().invoke(create(told), ["check"])
    assert ended.exit_code == 1
    (line,) = ended.output.splitlines()
    assert "MongoDB không trả lời" in line
