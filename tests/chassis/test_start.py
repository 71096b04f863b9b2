"""A worker whose store comes late: it lives, is not ready, and starts when the store is there."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.chassis.running import Process, depth, event, free_port, publish, until

LONGER_THAN_A_SELECTION_S = 6


def test_without_its_store_it_lives_unready_and_starts_when_it_comes(
    engines: Any, database: Any, vhost: str, tenants_file: Path, tmp_path: Path
) -> None:
    store, port = urlsplit(engines.mongodb), free_port()
    seed = store._replace(netloc=f"127.0.0.1:{port}").geturl()
    worker = Process(seed, database.name, vhost, tenants_file, tmp_path / "log")
    worker.start()
    try:
        until(lambda: worker.answer("/health/live")[0] == 200)
        assert worker.answer("/health/ready") == (
            503, {"ready": False, "checks": {"started": False, "mongodb": False}},
        )  # fmt: skip
        with pytest.raises(subprocess.TimeoutExpired):
            worker.popen.wait(LONGER_THAN_A_SELECTION_S)
        with listening(port, (str(store.hostname), store.port or 27017)):
            until(lambda: worker.ready)
        publish(vhost, [event("A")])
        until(lambda: depth(vhost, "lab.heard") == 0 and database.heard.count_documents({}) == 1)
        assert worker.popen.poll() is None
    finally:
        worker.kill()


@contextmanager
def listening(port: int, behind: tuple[str, int]) -> Iterator[None]:
    """The store answers at this port as well: a client learns there where its replica set is."""
    open, done = Event(), Event()

    async def serve() -> None:
        async with forwarding(port, behind):
            open.set()
            await asyncio.to_thread(done.wait)

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert open.wait(10)
        yield
    finally:
        done.set()
        thread.join()


@asynccontextmanager
async def forwarding(port: int, behind: tuple[str, int]) -> AsyncIterator[None]:
    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        target.close()

    async def accept(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        from_store, to_store = await asyncio.open_connection(*behind)
        await asyncio.gather(carry(source, to_store), carry(from_store, target))

    async with await asyncio.start_server(accept, "127.0.0.1", port):
        yield
