"""The broker or the API is away, or refuses: what is said, and whether it is tried again."""

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from ocop_marketplace import Refused, __version__
from ocop_marketplace.api import Snapshot
from ocop_marketplace.problems import Interrupted, Misdirected, unreachable
from ocop_marketplace.store import Store
from pika.adapters.utils.connection_workflow import AMQPConnectorSocketConnectError
from pika.exceptions import AMQPConnectionError

from tests.chassis.running import free_port, until
from tests.conftest import Engines
from tests.marketplace.client import Client
from tests.marketplace.platform import Platform, listing, serving
from tests.marketplace.wire import Wire

Clients = Callable[..., Client]
REFUSED, USAGE = 3, 2


@pytest.fixture
def partner(engines: Engines, vhost: str) -> Iterator[str]:
    """The address of an account as `./ocop partner add` makes one."""
    name, at = f"test-{uuid4().hex[:12]}", urlsplit(vhost)
    reading = {"configure": "^$", "write": "^$", "read": r"^catalog\.public$"}
    engines.manage("PUT", f"users/{name}", {"password": "secret", "tags": ""})
    engines.manage("PUT", f"permissions{at.path}/{name}", reading)
    yield f"amqp://{name}:secret@{at.hostname}:{at.port}{at.path}"
    engines.manage("DELETE", f"users/{name}")


def test_a_read_only_account_is_enough(platform: Platform, client: Clients, partner: str) -> None:
    platform.tell(listing(1))
    one = client("--json", stream=partner).start()
    one.at(1)
    platform.tell(listing(2))
    one.at(2)
    assert [sequence for sequence, _, _ in one.told] == [1, 2]


def test_a_wrong_password_ends_it_with_a_clear_message(
    platform: Platform, client: Clients, partner: str
) -> None:
    one = client(stream=partner.replace(":secret@", ":nonsense@"))
    assert one.ended() == REFUSED
    assert (
        one.said
        == "ocop-marketplace: luồng: sai tài khoản hay mật khẩu · wrong account or password\n"
    )


def test_a_vhost_that_is_closed_to_the_account_ends_it(
    platform: Platform, client: Clients, partner: str
) -> None:
    one = client(stream=f"{partner}-other")
    assert one.ended() == REFUSED
    assert "luồng: không được vào · no access: " in one.said
    assert "secret" not in one.said


def test_a_stream_that_the_account_may_not_read_ends_it(
    platform: Platform, client: Clients, partner: str
) -> None:
    platform.stream = "catalog.sandbox"
    one = client(stream=partner)
    assert one.ended() == REFUSED
    assert "access to queue 'catalog.sandbox'" in one.said


def test_an_unknown_tenant_ends_it(platform: Platform, client: Clients) -> None:
    one = client(tenant="nobody")
    assert one.ended() == REFUSED
    assert "/t/nobody/catalog/v1/snapshot: HTTP 404" in one.said
    assert "Không tìm thấy" in one.said


def test_a_store_of_another_tenant_is_not_mixed(platform: Platform, client: Clients) -> None:
    platform.tell(listing(1))
    assert client("--once").ended() == 0
    one = client("--once", tenant="tri-ton")
    assert one.ended() == REFUSED
    assert "that file is already used for: an-giang" in one.said
    assert one.listed == platform.listed("an-giang")


def test_a_store_in_which_nothing_was_stored_is_no_tenants(
    platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1))
    assert client(tenant="nobody").ended() == REFUSED
    one = client("--once")
    assert one.ended() == 0
    assert one.listed == platform.listed("an-giang")


def test_of_two_tenants_at_one_new_store_the_first_to_store_has_it(tmp_path: Path) -> None:
    mine, theirs = (
        Snapshot("catalog.public", 1, [listing(number, tenant).model_dump(mode="json")])
        for number, tenant in ((1, "tri-ton"), (2, "ngoc-hien"))
    )
    with Store(tmp_path / "store", "tri-ton") as one, Store(tmp_path / "store", "ca-mau") as other:
        one.replace(mine, lambda change, db: None)
        with pytest.raises(Refused, match="already used for: tri-ton"):
            other.replace(theirs, lambda change, db: None)
        assert one.listings() == mine.listings


def test_a_folder_that_is_not_there_ends_it(
    platform: Platform, client: Clients, tmp_path: Path
) -> None:
    one = client(store=str(tmp_path / "nowhere" / "store"))
    assert one.ended() == REFUSED
    assert f"cannot open the file {tmp_path}/nowhere/store" in one.said


def test_a_disk_that_is_full_ends_it_and_nothing_is_half_stored(
    platform: Platform, client: Clients
) -> None:
    platform.tell(*(listing(number) for number in range(400)))
    one = client("--once")
    small = f"ulimit -f 100; exec {subprocess.list2cmdline(one.command)} --once"
    one.command = ("bash", "-c", small)
    assert one.ended() == REFUSED
    assert f"ocop-marketplace: {one.store}: " in one.said
    assert one.listed == {}


def test_a_file_that_is_no_store_is_left_alone(
    platform: Platform, client: Clients, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Kính gửi ban quản trị sàn," * 100)
    one = client(store=str(letter))
    assert one.ended() == REFUSED
    assert f"cannot open the file {letter}" in one.said
    assert letter.read_text() == "Kính gửi ban quản trị sàn," * 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stream", "amqp//user:secret@host"),
        ("stream", "amqp://user:secret@no..host/"),
        ("api", "gateway"),
        ("api", "http://host:port"),
    ],
)
def test_an_address_that_is_none_is_named_and_not_repeated(
    platform: Platform, client: Clients, name: str, value: str
) -> None:
    one = client(**{name: value})
    assert one.ended() == USAGE
    assert f"argument --{name}: not an address" in one.said
    assert value not in one.said


def test_an_api_that_is_down_at_the_start_is_waited_for(
    platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1))
    port = free_port()
    one = client("--once", api=f"http://127.0.0.1:{port}").start()
    until(lambda: one.said.count("again in") == 2)
    server = serving(platform, port)
    threading.Thread(target=server.serve_forever, args=[0.05]).start()
    assert one.ended() == 0
    server.shutdown()
    server.server_close()
    first, second, *_ = one.said.splitlines()
    assert first.endswith("Thử lại sau 1 giây · again in 1 s")
    assert second.endswith("Thử lại sau 2 giây · again in 2 s")
    assert one.listed == platform.listed("an-giang")


def test_a_snapshot_that_breaks_off_changes_nothing(platform: Platform, client: Clients) -> None:
    platform.tell(*(listing(number) for number in range(5)))
    one = client("--json").start()
    one.at(5)
    before = one.listed
    platform.break_off_after = 3
    platform.commit(listing(5))
    platform.unsent()  # lost on its way, so that the next tells of a gap
    platform.tell(listing(6))
    until(lambda: "Response ended prematurely" in one.said)
    assert len(one.told) == 5
    assert one.listed == before
    platform.break_off_after = None
    one.at(7)
    assert one.told[5:] == [(7, "new", "Đường thốt nốt 5"), (7, "new", "Đường thốt nốt 6")]


def test_an_answer_with_fewer_lines_than_it_counts_is_not_taken(
    platform: Platform, client: Clients
) -> None:
    platform.tell(*(listing(number) for number in range(5)))
    platform.open_ended, platform.break_off_after = True, 4  # nothing else tells that it broke off
    one = client("--once").start()
    until(lambda: "3 dòng, không phải 5 · 3 lines of 5" in one.said)
    assert one.listed == {}
    platform.break_off_after = None
    assert one.ended() == 0
    assert one.listed == platform.listed("an-giang")


def test_an_answer_that_does_not_count_its_lines_is_not_taken(
    platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1))
    platform.counting = False
    one = client("--once").start()
    until(lambda: "unreadable: KeyError('count')" in one.said)
    assert one.listed == {}


def test_a_broker_that_goes_away_is_waited_for(
    engines: Engines, vhost: str, platform: Platform, client: Clients
) -> None:
    at = urlsplit(engines.rabbitmq)
    port = free_port()
    wire = Wire((str(at.hostname), int(at.port or 0)), port)
    platform.tell(listing(1))
    one = client("--json", stream=vhost.replace(f":{at.port}/", f":{port}/")).start()
    one.at(1)
    platform.tell(listing(2))
    one.at(2)
    wire.cut()
    until(lambda: one.said.count("again in") == 2)  # the first try found nobody
    platform.tell(listing(3))
    wire = Wire((str(at.hostname), int(at.port or 0)), port)
    one.at(3)
    platform.tell(listing(4))
    one.at(4)
    one.kill()
    wire.cut()
    assert [sequence for sequence, _, _ in one.told] == [1, 2, 3, 4]
    assert one.said.count("away: ") + one.said.count("nobody listens at this port") >= 2
    assert one.said.count("connected at 127.0.0.1:") == 2
    assert platform.snapshots == 2


def test_a_stream_that_the_broker_ends_is_attached_to_again(
    vhost: str, platform: Platform, client: Clients
) -> None:
    """A broker takes its consumer from a client and keeps the connection open."""
    platform.tell(listing(1))
    one = client("--json").start()
    one.at(1)
    platform.tell(listing(2))
    one.at(2)
    platform.remake()
    platform.commit(listing(3))
    platform.relay(again=2)  # by now it has again what the client knows
    one.at(3)
    assert "the broker ended the stream" in one.said
    assert [name for _, _, name in one.told] == [f"Đường thốt nốt {one}" for one in (1, 2, 3)]
    assert platform.snapshots == 2


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252", "ascii"])
def test_it_writes_utf_8_whatever_the_console_says(
    platform: Platform, client: Clients, encoding: str
) -> None:
    platform.tell(listing(1, name="Rượu đế Ấ Phú Mỹ “thượng hạng”"))
    one = client("--json", "--once")
    one.environment |= {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    assert one.ended() == 0
    assert one.told == [(1, "new", "Rượu đế Ấ Phú Mỹ “thượng hạng”")]
    assert "đã nối với catalog.public" in one.said


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_broker_that_stays_silent_is_told_in_words_and_tried_again(
    platform: Platform, client: Clients, silent: str
) -> None:
    limits = "socket_timeout=0.2&stack_timeout=0.3&blocked_connection_timeout=1"
    one = client(stream=f"amqp://user:secret@{silent}/vhost?{limits}").start()
    until(lambda: one.said.count("again in") == 2)
    assert f"luồng · the stream {silent}: đang vắng · away: " in one.said
    assert "Traceback" not in one.said
    assert "secret" not in one.said


@pytest.mark.parametrize(
    ("code", "kind"), [(socket.EAI_NONAME, Misdirected), (socket.EAI_AGAIN, Interrupted)]
)
def test_a_name_that_nobody_knows_is_told_from_a_name_server_that_is_away(
    code: int, kind: type[Interrupted]
) -> None:
    """As pika wraps what its connector raised."""
    raised = AMQPConnectorSocketConnectError(socket.gaierror(code, "words"))
    found = unreachable("API", "host:1", AMQPConnectionError(raised))
    assert type(found) is kind
    assert str(found).startswith("API host:1: ")


def test_what_speaks_no_amqp_ends_it_at_the_start(
    engines: Engines, platform: Platform, client: Clients
) -> None:
    """The broker's own page of management, whose port is the nearest to be mistaken."""
    at = urlsplit(engines.management)
    one = client(stream=f"amqp://user:secret@{at.hostname}:{at.port}/vhost")
    assert one.ended() == REFUSED
    assert "speaks no AMQP 0-9-1" in one.said


def test_what_speaks_no_tls_ends_it_at_the_start(
    vhost: str, platform: Platform, client: Clients
) -> None:
    one = client(stream=vhost.replace("amqp://", "amqps://"))
    assert one.ended() == REFUSED
    assert "không nói TLS ở cổng này · no TLS at this port" in one.said


def test_a_certificate_that_is_not_trusted_ends_it_at_the_start(
    platform: Platform, client: Clients, self_signed: str
) -> None:
    one = client(stream=f"amqps://user:secret@{self_signed}/vhost")
    assert one.ended() == REFUSED
    assert "its certificate is not trusted: self-signed certificate" in one.said
    other = client(api=f"https://{self_signed}")
    assert other.ended() == REFUSED
    assert "its certificate is not trusted: self-signed certificate" in other.said


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """A server whose certificate nobody vouches for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout"
    made = ["openssl", *words.split(), str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):  # closed at the end
                while True:
                    caller, _ = server.accept()
                    with contextlib.suppress(OSError):  # refused by the caller
                        shown.wrap_socket(caller, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_it_says_its_version(client: Clients) -> None:
    one = client()
    one.command = (sys.executable, "-m", "ocop_marketplace", "--version")
    assert one.ended() == 0
    assert one.printed == f"ocop-marketplace {__version__}\n"


def test_a_reader_of_its_lines_may_leave(platform: Platform, client: Clients) -> None:
    long = "Đường thốt nốt " * 19  # more lines than a pipe holds, so that it cannot end before
    platform.tell(*(listing(number, name=long) for number in range(400)))
    one = client("--once")
    line = f"{subprocess.list2cmdline(one.command)} --once | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], env=one.environment, capture_output=True, timeout=20
    )
    assert done.returncode == 1
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr
    assert one.ended() == 0  # nothing was stored of what nobody read
    assert one.printed.count("\n") == 400
