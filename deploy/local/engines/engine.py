"""What all engines have in common: a folder, ports, one process, readiness, an end."""

import json
import os
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

import psutil

from deploy.local import ports
from deploy.local.failure import Failure
from deploy.local.waiting import until


class Engine(ABC):
    name: ClassVar[str]
    # Not the engines' usual ports: somebody's own engine may come and want those.
    preferred_ports: ClassVar[dict[str, int]]
    patience: ClassVar[float] = 60  # seconds until ready, on a slow machine
    mode: ClassVar[int] = 0o700  # of its folder

    @property
    def run_as(self) -> int | None:
        """The user it must run as, where that is another than ours."""
        return None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"

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
        """Where it is, by the name of the environment variable that could say so instead."""

    # -- what they share

    @property
    def ports(self) -> dict[str, int]:
        return ports.known(self.folder / "ports.json")

    @property
    def process(self) -> psutil.Process | None:
        """Its process, if it runs: the same start time shows that the number was not given on."""
        try:
            pid, started = json.loads((self.folder / "pid").read_text())
            process = psutil.Process(pid)
            alive = process.create_time() == started and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return process if alive else None

    def start(self, *, tied: bool = False) -> None:
        """Start it unless it runs. Tied, it ends with the process that started it."""
        if self.process:
            return
        self.fetch()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(self.mode)
        ports.remembered(self.folder / "ports.json", self.preferred_ports)
        command, environment, place = self.command()
        command = [*_setpriv(self.run_as, tied), *command]
        with self.log.open("wb") as log:
            child = subprocess.Popen(
                command, env=environment, cwd=place, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._child = child  # kept, so that poll() can lay it to rest when it ends
        started = psutil.Process(child.pid).create_time()
        (self.folder / "pid").write_text(json.dumps([child.pid, started]))

    def wait_ready(self) -> float:
        return until(self._ready_or_dead, seconds=self.patience, what=f"{self.name}: {self.log}")

    def _ready_or_dead(self) -> bool:
        if not self.process:
            said = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Failure(
                f"{self.name} đã dừng khi đang khởi động; nhật ký: {self.log}",
                f"{self.name} ended while starting; its log: {self.log}\n{said}",
            )
        return self.ready()

    def stop(self, seconds: float = 30) -> None:
        """End it in its own manner, and wait until everything of it is gone."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """Kill -9 all of it at once."""
        self._end(signal.SIGKILL, 10)

    def _end(self, number: signal.Signals, seconds: float) -> None:
        process = self.process
        if not process:
            return
        family = [process, *process.children(recursive=True)]
        # A shell or launcher passes SIGTERM on itself; SIGKILL must reach everybody.
        for member in family if number == signal.SIGKILL else family[:1]:
            _signal(member, number)
        _, left = psutil.wait_procs(family, timeout=seconds)
        for member in left:
            _signal(member, signal.SIGKILL)
        psutil.wait_procs(left, timeout=10)
        (self.folder / "pid").unlink(missing_ok=True)


def _setpriv(user: int | None, tied: bool) -> list[str]:
    """One call for both: a change of user after it would undo the tie."""
    drop = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user is not None else []
    tie = ["--pdeathsig", "TERM"] if tied else []
    return ["setpriv", *drop, *tie] if drop or tie else []


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # gone by itself, as wanted


def plain_environment(home: Path) -> dict[str, str]:
    """Nothing of ours reaches an engine by accident: no secrets, no RABBITMQ_ or ES_ of a user."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ")
    return {"HOME": str(home), **{name: os.environ[name] for name in kept if name in os.environ}}
