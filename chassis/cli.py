"""What an operator can run inside every service's image: prepare, topology, dead letters."""

import json
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import typer
from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.message import Message
from pymongo.errors import ConnectionFailure
from typer.core import TyperGroup

from chassis.broker import letters, topology
from chassis.broker.publisher import Outgoing, Publisher
from chassis.problems import Problem
from chassis.settings import ServiceSettings
from chassis.store import documents
from contracts.topology import SUBSCRIPTIONS

NO_BROKER = (
    OperationalError, AMQPError, ConnectionRefusedError, ConnectionResetError, TimeoutError
)  # fmt: skip
PATIENCE_MS = 5000
"""For a MongoDB that does not answer: a person waits."""
OF_A_TRY = ("attempts", "error")
"""Headers that the next try writes anew."""


class Telling(TyperGroup):
    """What is refused or away is told to the operator in words, and ends the command with 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            _say(problem.words.vi, problem.words.en)
            raise typer.Exit(1) from problem
        except ConnectionFailure as error:
            raise _away("MongoDB") from error
        except NO_BROKER as error:
            raise _away(
                "RabbitMQ", f" ({error})" if isinstance(error, AMQPError) else ""
            ) from error


def _away(engine: str, said: str = "") -> typer.Exit:
    """The detail only where it answered and refused."""
    _say(
        f"{engine} không trả lời{said}; trên máy này: ./ocop run",
        f"{engine} does not answer; on this machine: ./ocop run",
    )
    return typer.Exit(1)


def _say(vi: str, en: str, mark: str = "✗") -> None:
    print(f"{mark} {vi} · {en}", file=sys.stderr)


class Letter(NamedTuple):
    """What lies in a queue of dead letters, or of those that nobody wanted."""

    queue: str
    message: Message

    @property
    def id(self) -> str:
        return str(self.message.properties.get("message_id") or "")

    @property
    def handle(self) -> str:
        """Every letter has one, whatever it lacks; the same after another try in vain."""
        headers = {
            name: value
            for name, value in letters.headers(self.message).items()
            if name not in OF_A_TRY
        }
        known = [self.queue, self.id, sorted(headers.items())]
        told = json.dumps(known, default=str).encode()
        return sha256(told + letters.body(self.message)).hexdigest()[:12]

    @property
    def told(self) -> dict[str, Any]:
        headers = self.message.headers
        return {
            "handle": self.handle,
            "queue": self.queue,
            "id": self.id,
            "key": headers.get("key") or self.message.delivery_info["routing_key"],
            "attempts": headers.get("attempts", 0),
            "reason": headers.get("error", "no queue wanted it"),
        }

    def goes_by(self, handle: str) -> bool:
        return handle in (self.handle, self.id)

    @property
    def copy(self) -> Outgoing:
        """For where it belongs, as if it were new."""
        headers = letters.headers(self.message)
        for name in OF_A_TRY:
            headers.pop(name, None)
        info = self.message.delivery_info
        dead = self.queue.endswith(".dead")
        to = ("", self.queue.removesuffix(".dead")) if dead else (
            info["exchange"], info["routing_key"]
        )  # fmt: skip
        return Outgoing(*to, letters.body(self.message), letters.properties(self.message), headers)

    def show(self) -> None:
        print(json.dumps(self.message.headers, indent=2, ensure_ascii=False, default=str))
        print(letters.body(self.message).decode(errors="replace"))


def create(service: str, settings: ServiceSettings, prepare: Callable[[], None]) -> typer.Typer:
    """`prepare`: what this service needs beside its exchanges, queues and indexes."""
    app = typer.Typer(
        cls=Telling, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
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

    app.add_typer(
        _dead_letters(settings.rabbitmq, holding),
        name="dead-letters", help="What could not be handled, or nobody wanted.",
    )  # fmt: skip
    return app


def _dead_letters(uri: str, holding: list[str]) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)

    @app.command("list")
    def list_all(as_json: bool = typer.Option(False, "--json")) -> None:
        """Each with its reason, oldest first; nothing is taken away."""
        headed = as_json
        for letter in _all(uri, holding):
            told = letter.told
            if not headed:
                print(*told, sep="  ")
                headed = True
            if as_json:
                print(json.dumps(told, ensure_ascii=False))
            else:
                print(_line(told))

    @app.command("show")
    def show(handle: str = typer.Argument(help="as listed; or an id")) -> None:
        """A letter's headers and body; all that have this id."""
        found = 0
        for letter in _all(uri, holding, handle):
            letter.show()
            found += 1
        _found(found, handle)

    @app.command("replay")
    def replay(
        handle: str = typer.Argument("", help="as listed, or an id; all when left out"),
    ) -> None:
        """Send letters to where they belong, again; each leaves only when the broker has it."""
        publisher = Publisher(uri)
        found = sent = 0
        for letter in _all(uri, holding, handle):
            found += 1
            if publisher.publish([letter.copy]):
                print(f"{letter.handle}: bị từ chối, giữ lại · refused, kept")
            else:
                letter.message.ack()
                sent += 1
        publisher.close()
        if handle:
            _found(found, handle)
        print(f"đã gửi lại · sent again: {sent}")

    @app.command("discard")
    def discard(
        handle: str = typer.Argument(help="as listed; or an id that one letter has"),
        yes: bool = typer.Option(False, "--yes", help="without asking"),
    ) -> None:
        """Throw one letter away for good."""
        found = {letter.handle: letter.told for letter in _all(uri, holding, handle)}
        if len(found) > 1:
            listed = ", ".join(found)
            _say(f"{len(found)} thư; chọn một: {listed}", f"{len(found)} letters; name one")
            raise typer.Exit(1)
        _found(len(found), handle)
        ((exact, told),) = found.items()
        print(_line(told))
        _say(
            "Điều thư này báo sẽ không bao giờ đến nơi",
            "what this letter tells will never arrive",
            mark="!",
        )
        if not yes:
            typer.confirm("Bỏ hẳn? · discard it?", abort=True)
        for letter in _all(uri, holding, exact):
            letter.message.ack()
            print("đã bỏ · discarded: 1")
            return
        _found(0, exact)  # somebody else was first

    return app


def _all(uri: str, queues: list[str], handle: str = "") -> Iterator[Letter]:
    for queue in queues:
        for message in _each(uri, queue):
            letter = Letter(queue, message)
            if not handle or letter.goes_by(handle):
                yield letter


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


def _line(told: dict[str, Any]) -> str:
    return "  ".join(str(value) if value != "" else "—" for value in told.values())


def _found(letters: int, handle: str) -> None:
    """None is the operator's mistake; of several each was meant, and it is said."""
    if not letters:
        _say(f"không có thư {handle}", "no such letter")
        raise typer.Exit(1)
    if letters > 1:
        print(f"{letters} thư cùng mã · letters with this id", file=sys.stderr)
