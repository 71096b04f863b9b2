"""An engine that dies comes back by itself, where everybody knows it, with all that it kept."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from deploy.local import checkout, running
from deploy.local.detached import send
from deploy.local.engines.engine import Engine
from deploy.local.engines.mongodb import MongoDB
from deploy.local.keeper import keep
from deploy.local.waiting import until


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that Elasticsearch's own user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=checkout.KINDS, ids=lambda kind: kind.name)
def engine(request: pytest.FixtureRequest, place: Path) -> Iterator[Engine]:
    one: Engine = request.param(place / request.param.name)
    one.start(tied=True)
    one.wait_ready()
    yield one
    one.kill()


@pytest.fixture
def kept(engine: Engine) -> Iterator[Engine]:
    ending = Event()
    keeper = Thread(target=keep, args=(engine, ending))
    keeper.start()
    yield engine
    ending.set()
    keeper.join()


def family(engine: Engine) -> list[psutil.Process]:
    process = engine.process
    assert process
    return [process, *process.children(recursive=True)]


def test_an_engine_that_was_killed_comes_back_where_it_was(kept: Engine) -> None:
    before, addresses = family(kept), kept.addresses
    server = max(before, key=lambda one: one.memory_info().rss)  # and not what launched it
    send(server, signal.SIGKILL)

    def back() -> bool:
        return bool(kept.process and kept.process not in before and kept.ready())

    until(back, seconds=kept.patience, what=kept.name)
    assert kept.addresses == addresses
    assert len(kept.revived) == 1


def test_what_was_stopped_stays_stopped(place: Path) -> None:
    engine = MongoDB(place / "mongodb")
    ending = Event()
    engine.start(tied=True)
    engine.wait_ready()
    keeper = Thread(target=keep, args=(engine, ending))
    keeper.start()
    ending.set()  # as ./ocop stop ends the keeper before it ends the engines
    keeper.join()
    engine.stop()
    assert engine.process is None


def test_nothing_is_started_while_its_port_is_held(place: Path) -> None:
    first, second = MongoDB(place / "first"), MongoDB(place / "second")
    first.start(tied=True)
    first.wait_ready()
    second.folder.mkdir()
    shutil.copy(first.folder / "ports.json", second.folder)
    assert not second.revive()
    first.kill()
    assert second.revive()
    second.kill()


def test_what_never_ran_is_not_started(place: Path) -> None:
    engine = MongoDB(place / "mongodb")
    assert not engine.revive()
    assert engine.process is None


def test_status_tells_who_died_until_a_person_starts_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = MongoDB(place / "mongodb")
    monkeypatch.setattr(checkout, "engines", lambda: [engine])
    engine.start(tied=True)
    engine.wait_ready()
    engine.kill()
    assert engine.revive()
    engine.wait_ready()
    ((_, state, ready, _),) = running.engine_rows()
    assert state.endswith("\nđã chết, tự chạy lại · died and came back: 1")
    assert ready
    engine.stop()
    engine.start(tied=True)
    assert engine.revived == []
    engine.kill()
