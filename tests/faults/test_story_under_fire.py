"""The whole story while workers and jobs are killed -9: all as told, only later."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from demo.platform import Platform
from demo.story import tell
from demo.telling import Pace
from deploy.local.site import Site
from tests.chassis.running import until
from tests.sites import addresses, started, told, waiting

BETWEEN_S = 3.0
"""Longer than a worker needs to come back, so that work goes on between two kills."""


@pytest.fixture
def platform(engines: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("site"), addresses(engines)) as one:
        yield one


def test_the_story_is_as_told_while_workers_are_killed(
    platform: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "patience_s", Pace.patience_s)
    monkeypatch.setattr(Pace, "unhurried", Pace.unhurried)
    Pace.slow_down()
    victims = [one.name for one in platform.processes if one.kind in ("worker", "job")]
    ended, killed = threading.Event(), []

    def kill_on() -> None:
        for victim in itertools.cycle(victims):
            if ended.wait(BETWEEN_S):
                return
            platform.kill(victim)
            killed.append(victim)

    killer = threading.Thread(target=kill_on)
    killer.start()

    def operate(*words: str) -> str:
        return told(platform, "catalog", *words)

    try:
        tell(Platform(platform.url("gateway"), platform.url("portal"), platform.folder, operate))
    finally:
        ended.set()
        killer.join()
    assert set(killed) == set(victims)
    until(lambda: waiting(platform) == {}, 60)
