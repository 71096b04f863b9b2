"""What an operator can run inside every service's image: prepare, topology, dead letters."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import typer
from kombu import Connection
from kombu.message import Message

from chassis.broker import letters, topology
from chassis.broker.publisher import Outgoing, Publisher
from chassis.settings import ServiceSettings
from chassis.store import documents
from contracts.topology import SUBSCRIPTIONS


def create(service: str, settings: ServiceSettings, prepare: Callable[[], None]) -> typer.Typer:
    """`prepare`: what this service needs beside its exchanges, queues and indexes."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    ours = [one for one in SUBSCRIPTIONS if one.service == service]
    holding = [topology.unrouted(service), *(topology.dead(one.queue) for one in ours)]

    @app.command("topology")
    def declare() -> None:
        """Declare exchanges and queues, before anything publishes."""
        topology.declare(settings.rabbitmq, [service], ours)

    @app.command("prepare")
    def prepare_all() -> None:
        """Declare the topology, and make collections and indexes. A step of every deployment."""
        declare()
        documents.connect(settings.mongodb, settings.database)
        documents.prepare()
        prepare()
        documents.disconnect()

    dead_letters = typer.Typer(no_args_is_help=True)
    app.add_typer(
        dead_letters, name="dead-letters", help="What could not be handled, or nobody wanted."
    )

    @dead_letters.command("list")
    def list_letters(as_json: bool = typer.Option(False, "--json")) -> None:
        """Each with its reason, oldest first; nothing is taken away."""
        for queue in holding:
            for message in _each(settings.rabbitmq, queue):
                print(_line(queue, message, as_json))

    @dead_letters.command("show")
    def show(id: str) -> None:
        """One letter's headers and body."""
        for queue in holding:
            for message in _each(settings.rabbitmq, queue):
                if message.properties.get("message_id") == id:
                    print(json.dumps(message.headers, indent=2, ensure_ascii=False, default=str))
                    print(letters.body(message).decode(errors="replace"))
                    return
        raise typer.Exit(1)

    @dead_letters.command("replay")
    def replay(id: str = typer.Argument("", help="one letter's id; all when left out")) -> None:
        """Send letters to where they belong, again; each leaves only when the broker has it."""
        publisher = Publisher(settings.rabbitmq)
        for queue in holding:
            target = queue.removesuffix(".dead") if queue.endswith(".dead") else None
            sent = _replay(settings.rabbitmq, queue, target, publisher, id)
            print(f"{queue}: {sent}")
        publisher.close()

    return app


def _each(uri: str, queue: str) -> Iterator[Message]:
    """Every message that waits there now, one after another; what is not acknowledged goes back.

    Not those that come while this looks: what is replayed may come straight back.
    """
    with Connection(uri, connect_timeout=5) as connection:
        channel = connection.channel()
        for _ in range(channel.queue_declare(queue, passive=True).message_count):
            if (message := channel.basic_get(queue)) is None:
                return
            yield channel.message_to_python(message)


def _replay(uri: str, queue: str, target: str | None, publisher: Publisher, id: str) -> int:
    sent = 0
    for message in _each(uri, queue):
        if id and message.properties.get("message_id") != id:
            continue
        headers = letters.headers(message)
        for name in ("attempts", "error"):
            headers.pop(name, None)
        info = message.delivery_info
        to = ("", target) if target else (info["exchange"], info["routing_key"])
        copy = Outgoing(*to, letters.body(message), letters.properties(message), headers)
        if publisher.publish([copy]):
            print(f"{queue}: {copy.properties['message_id']} refused, kept")
        else:
            message.ack()
            sent += 1
    return sent


def _line(queue: str, message: Message, as_json: bool) -> str:
    letter: dict[str, Any] = {
        "queue": queue,
        "id": message.properties.get("message_id", ""),
        "key": message.headers.get("key") or message.delivery_info["routing_key"],
        "attempts": message.headers.get("attempts", 0),
        "reason": message.headers.get("error", "no queue wanted it"),
    }
    if as_json:
        return json.dumps(letter, ensure_ascii=False)
    return "  ".join(str(value) for value in letter.values())
