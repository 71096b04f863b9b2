"""This checkout's own site and engines: where they keep what, and what the environment prescribes.

Logs, secrets and configuration lie in the checkout, ignored by git. What engines keep lies in the
state folder of the user (of the system for root), one folder a checkout: Elasticsearch's own user
cannot reach a checkout under root's home.
"""

import fcntl
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from deploy.local.addresses import Addresses, given
from deploy.local.engines.elasticsearch import Elasticsearch
from deploy.local.engines.engine import Engine
from deploy.local.engines.mongodb import MongoDB
from deploy.local.engines.rabbitmq import RabbitMQ
from deploy.local.failure import Failure
from deploy.local.screen import tell
from deploy.local.site import Site
from deploy.local.tree import ROOT

STATE = ROOT / ".ocop" / "run"
KINDS: tuple[type[Engine], ...] = (Elasticsearch, MongoDB, RabbitMQ)  # the slowest first


MARK = f"{zlib.crc32(bytes(ROOT)):08x}"
"""Of this checkout among others on the same machine or the same engines."""


def data() -> Path:
    base = Path(platformdirs.user_state_dir("ocop", use_site_for_root=True))
    return base / f"{ROOT.name}-{MARK}"


def name() -> str:
    """Before all that the site keeps in the engines; those that are given are perhaps shared."""
    return f"ocop{MARK}" if given() else "ocop"


def keeping() -> tuple[str, str]:
    """Where the data is, for people: in both languages."""
    ours = str(data()) if engines() else ""
    elsewhere = ", ".join(sorted(given()))
    if not elsewhere:
        return f"Dữ liệu ở {ours}", "the data"
    told = " + ".join(filter(None, (ours, elsewhere)))
    return f"Dữ liệu ở {told}, dưới tên {name()}", "the data, under this name"


def engines() -> list[Engine]:
    """Those that are ours to start: the environment names no other instead."""
    elsewhere = given()
    return [
        kind(data() / kind.name, STATE / "logs" / f"{kind.name}.log")
        for kind in KINDS
        if kind.variable not in elsewhere
    ]


def addresses() -> Addresses | None:
    """None before the first start, when nothing has an address yet."""
    found: dict[str, str] = {}
    for engine in engines():
        if not engine.ports:
            return None
        found |= engine.addresses
    return Addresses.of(found | given())


def site() -> Site:
    where = addresses()
    if where is None:
        raise Failure(
            "Nền tảng chưa chạy lần nào ở đây: ./ocop run",
            "The platform has not run here yet: ./ocop run",
        )
    return Site(STATE, where, name=name(), usual_ports=True, keeper=bool(engines()))


def stop_engines() -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda engine: engine.stop(), engines()))


@contextmanager
def alone() -> Iterator[None]:
    """One command at a time may start or stop what this checkout runs."""
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (STATE.parent / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Chờ một lệnh ./ocop khác đang làm dở", "waiting for another ./ocop under way")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
