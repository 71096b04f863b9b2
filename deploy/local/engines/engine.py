"""What all engines have in common: a folder, ports, one process, readiness, an end."""

import fcntl
import json
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import psutil

from deploy.local import ports
from deploy.local.detached import Detached
from deploy.local.failure import Failure
from deploy.local.waiting import until

MOST_NOTED = 100


class Engine(ABC):
    name: ClassVar[str]
    title: ClassVar[str]
    variable: ClassVar[str]
    """Given in the environment, it says where one runs that is to be used instead."""
    # Not the engines' usual ports: somebody's own engine may come and want those.
    preferred_ports: ClassVar[dict[str, int]]
    patience: ClassVar[float] = 60  # seconds until ready, on a slow machine
    mode: ClassVar[int] = 0o700  # of its folder

    def __init__(self, folder: Path, log: Path | None = None) -> None:
        self.folder = folder
        self.log = log or folder / "log"
        self._detached = Detached(folder / "pid", self.log)

    # -- what each engine says of itself

    @abstractmethod
    def fetch(self) -> None:
        """Get what is not on this machine yet. Costs nothing where it is."""

    @abstractmethod
    def command(self) -> tuple[list[str], dict[str, str], Path]:
        """Write the configuration; give the command, its environment and where it starts."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it can do its work now."""

    @property
    @abstractmethod
    def addresses(self) -> dict[str, str]:
        """Where it is, by the names of the environment variables that could say so instead."""

    @property
    def run_as(self) -> int | None:
        """The user it must run as, where that is another than ours."""
        return None

    # -- what they share

    @property
    def ports(self) -> dict[str, int]:
        return ports.known(self.folder / "ports.json")

    @property
    def process(self) -> psutil.Process | None:
        return self._detached.process

    def start(self, *, tied: bool = False) -> None:
        """Start it unless it runs. Tied, it ends with the process that started it."""
        with self._one_starts():
            if self.process:
                return
            self.fetch()
            ports.remembered(self.folder / "ports.json", self.preferred_ports)
            self._revivals.unlink(missing_ok=True)
            self._launch(tied)

    def revive(self) -> bool:
        """Start one that has died, where everybody knows it: not yet while something of it still
        holds a port, and never before its first start. What came back is noted."""
        with self._one_starts():
            known = self.ports.values()
            if self.process or not known or not all(map(ports.free, known)):
                return False
            self._launch(tied=False)
            self._revivals.write_text(json.dumps([*self.revived, time.time()][-MOST_NOTED:]))
        return True

    @property
    def revived(self) -> list[float]:
        """When it died and was started again, since the last start by a person; seconds since 1970,
        the last ones."""
        return json.loads(self._revivals.read_text()) if self._revivals.exists() else []

    @property
    def _revivals(self) -> Path:
        return self.folder / "revived.json"

    @contextmanager
    def _one_starts(self) -> Iterator[None]:
        """Of a command and the keeper at once, the second finds it started."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(self.mode)
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self, tied: bool) -> None:
        command, environment, place = self.command()
        self._detached.start(command, environment, place, user=self.run_as, tied=tied)

    def wait_ready(self) -> float:
        return until(self._ready_or_dead, seconds=self.patience, what=f"{self.name}: {self.log}")

    def _ready_or_dead(self) -> bool:
        if not self.process:
            raise Failure(
                f"{self.title} đã dừng khi đang khởi động; nhật ký: {self.log}",
                f"{self.title} ended while starting; its log: {self.log}\n"
                f"{self._detached.last_words()}",
            )
        return self.ready()

    def stop(self, seconds: float = 30) -> None:
        """End it in its own manner, and wait until everything of it is gone."""
        self._detached.end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """Kill -9 all of it at once."""
        self._detached.end(signal.SIGKILL, 10)


def plain_environment(home: Path) -> dict[str, str]:
    """Nothing of ours reaches an engine by accident: no secrets, no RABBITMQ_ or ES_ of a user."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ")
    return {"HOME": str(home), **{name: os.environ[name] for name in kept if name in os.environ}}
