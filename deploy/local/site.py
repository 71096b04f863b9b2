"""One running copy of the platform: a folder, engines that may be shared, a name, its processes.

    site = Site(folder, addresses, name="journey1")
    site.start(tied=True); site.wait_ready()
    site.url("gateway"), site.keys.token(tenant="an-giang", roles=["administrator"], ...)
    site.kill("dossier-worker")      # it comes back by itself
    site.stop(); drop(site)          # dropping.py: what it kept in the engines goes too

The name stands before everything that it keeps in the engines: databases, indices, vhosts. Two
sites of different names share engines without seeing one another.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault

import psutil

from deploy.local import broker, environment, ports, supervisor, tree
from deploy.local.addresses import Addresses, given
from deploy.local.asking import ask, greets
from deploy.local.detached import Detached, send
from deploy.local.engines.engine import plain_environment
from deploy.local.failure import Failure
from deploy.local.keys import Keys
from deploy.local.supervisor import WRONG_SETTING
from deploy.local.tree import Process
from deploy.local.waiting import until

FIRST_PORT = 8110
USUAL_PORTS = {"gateway": 8000, "portal": 8080}
PATIENCE = 60  # seconds until every process is ready, on a slow machine
NAME = re.compile("[a-z][a-z0-9]*")
STARTS = 5  # of one process, before all are ready, until it counts as hopeless
CATCHER = Process("mail", "deploy.local.catcher", "catcher")
"""Beside what the tree has, where there is a notification service: its mail goes no further."""
KEEPER = Process("engines", "deploy.local.keeper", "keeper")
"""Beside the site whose engines are this checkout's own: it listens nowhere."""
WHEREABOUTS = ("XDG_STATE_HOME", "XDG_CACHE_HOME", "JAVA_HOME")
"""By what of the environment the engines' folders and their Java are found."""


class Site:
    def __init__(
        self,
        folder: Path,
        addresses: Addresses,
        *,
        name: str = "ocop",
        root: Path = tree.ROOT,
        usual_ports: bool = False,
        keeper: bool = False,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{name!r}: small letters and digits only, so that no name of a site "
                "with its separator begins another's"
            )
        self.folder, self.addresses, self.name, self.root = folder, addresses, name, root
        self.vhost = addresses.vhost or name
        self.public_vhost = addresses.public_vhost or f"{name}-public"
        self.processes = tree.processes(root)
        if "notification" in tree.parts(root):
            self.processes.append(CATCHER)
        if keeper:
            self.processes.append(KEEPER)
        self.keys = Keys(folder / "secrets")
        self.ports = ports.known(folder / "ports.json")
        self._usual_ports = usual_ports
        self._extra = dict(extra or {})
        self._supervisord = Detached(
            folder / "supervisord.started", folder / "logs" / "supervisord.out"
        )

    # -- what it is

    def url(self, name: str) -> str:
        scheme = "smtp" if name == CATCHER.name else "http"
        return f"{scheme}://127.0.0.1:{self.ports[name]}"

    @property
    def _listening(self) -> list[str]:
        return [process.name for process in self.processes if process != KEEPER]

    @property
    def mail(self) -> Path:
        """Where the catcher keeps what it got."""
        return self.folder / "mail"

    @property
    def running(self) -> bool:
        return self._supervisord.process is not None

    @property
    def states(self) -> dict[str, dict[str, Any]]:
        """What supervisord says of each process."""
        with self._control() as control:
            return {info["name"]: info for info in control.getAllProcessInfo()}

    def _control(self) -> AbstractContextManager[Any]:
        return supervisor.control(self._socket)

    def process(self, name: str) -> psutil.Process | None:
        try:
            pid = self.states[name]["pid"]
            return psutil.Process(pid) if pid else None
        except psutil.NoSuchProcess:
            return None  # ended since we asked

    def ready(self, name: str) -> bool:
        if name == KEEPER.name:
            return self.process(name) is not None
        if name == CATCHER.name:
            return greets(self.ports[name], "220")
        return ask(f"{self.url(name)}/health/ready", read=2)[0] == 200

    # -- how it starts

    @property
    def changed(self) -> bool:
        """Whether what would be started now is another thing than what was."""
        if set(self._listening) != set(self.ports) or self._demanded.items() - self.ports.items():
            return True
        files = self._files()
        return any(not f.exists() or f.read_text() != text for f, text in files.items())

    def start(self, *, tied: bool = False) -> None:
        """Start every process anew, the topology declared before: nothing is sent into nowhere."""
        for name, port in self._demanded.items():
            if not (self.running and self.ports.get(name) == port):
                ports.refuse_if_taken(f"OCOP_{name.upper()}_PORT", port)
        self.stop()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        self._choose_ports()
        self.keys.make()
        for vhost in (self.vhost, self.public_vhost):
            broker.ensure_vhost(self.addresses.management, vhost)
        self._write()
        self.prepare()
        self._supervise(tied)

    @property
    def _demanded(self) -> dict[str, int]:
        """The ports that the environment prescribes, for the checkout's own site alone."""
        if not self._usual_ports:
            return {}
        names = {process.name for process in self.processes} & set(USUAL_PORTS)
        found = {name: ports.demanded(f"OCOP_{name.upper()}_PORT") for name in names}
        return {name: port for name, port in found.items() if port}

    def _choose_ports(self) -> None:
        """The usual ones for the site that people look for, any for the others."""
        names = self._listening
        wanted: dict[str, int | None] = dict.fromkeys(names)
        if self._usual_ports:
            wanted |= {name: FIRST_PORT + number for number, name in enumerate(names)}
            wanted |= {name: USUAL_PORTS[name] for name in names if name in USUAL_PORTS}
        self.ports = ports.remembered(self.folder / "ports.json", wanted, self._demanded)

    @property
    def _socket(self) -> Path:
        """Where it was put once: TMPDIR may be another one today."""
        file = self.folder / "socket"
        return Path(file.read_text()) if file.exists() else supervisor.socket_path(self.folder)

    def _write(self) -> None:
        (self.folder / "socket").write_text(str(self._socket))
        (self.folder / "processes").mkdir(exist_ok=True)
        for file, text in self._files().items():
            file.touch(mode=0o600)
            file.write_text(text)

    def _files(self) -> dict[Path, str]:
        """All that decides what runs, so that a second start can tell whether anything changed."""
        names = [process.name for process in self.processes]
        watched = supervisor.configuration(self._socket, names)
        files = {
            self.folder / "supervisord.conf": watched,
            self.folder / "source": tree.fingerprint(self.root),
            self.folder / "seal": self.keys.seal,
        }
        for process in self.processes:
            told, command = self._started_as(process)
            files[self.folder / "processes" / process.name] = supervisor.script(told, command)
        return files

    def _started_as(self, process: Process) -> tuple[dict[str, str], list[str]]:
        """In which environment, by which command."""
        if process == CATCHER:
            where = [f"127.0.0.1:{self.ports[process.name]}", str(self.mail)]
            return self._basis, [sys.executable, "-m", process.module, *where]
        if process == KEEPER:
            told = {name: os.environ[name] for name in WHEREABOUTS if name in os.environ}
            ours = self._basis | {"PYTHONPATH": str(tree.ROOT)}  # it is no part of the tree
            return ours | told | given(), [sys.executable, "-m", process.module]
        told = self.environment(process.part, process.kind, process.name)
        return told, [sys.executable, "-m", "chassis.run", process.module, process.kind]

    @property
    def _basis(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.root), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}

    def environment(self, part: str, kind: str, name: str) -> dict[str, str]:
        return self._basis | environment.of(self, part, kind, name) | self._extra

    def _supervise(self, tied: bool) -> None:
        command = [sys.executable, "-m", "supervisor.supervisord", "-c"]
        command.append(str(self.folder / "supervisord.conf"))
        home = Path(os.environ.get("HOME", self.folder))
        self._supervisord.start(command, plain_environment(home), self.folder, tied=tied)
        until(self._answers, seconds=20, what=f"supervisord: {self._supervisord.log}")

    def _answers(self) -> bool:
        if not self.running:
            raise Failure(
                "supervisord không khởi động được.",
                f"supervisord did not start.\n{self._supervisord.last_words()}",
            )
        try:
            with self._control() as control:
                return bool(control.getPID())
        except OSError:
            return False  # its socket is not there yet

    def prepare(self) -> None:
        """Exchanges, queues, collections, indexes; of all services at once, each only adds."""
        running = {
            part: self.command_of(part, "prepare", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for part in tree.commands(self.root)
        }
        said = {part: child.communicate()[0] for part, child in running.items()}
        for part, child in running.items():
            if child.returncode:
                raise Failure(
                    f"Không chuẩn bị được hàng đợi và chỉ mục của {part}.",
                    f"The queues and indexes of {part} could not be prepared.\n"
                    f"{said[part].decode()}",
                )

    def command_of(self, part: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """What a part's image runs as `cli`."""
        module = tree.commands(self.root)[part]
        command = [sys.executable, "-m", "chassis.run", module, "cli", *arguments]
        told = plain_environment(Path.home()) | self.environment(part, "cli", f"{part}-cli")
        return subprocess.Popen(command, cwd=self.root, env=told, **options)

    def wait_ready(self) -> dict[str, float]:
        """Seconds until each process was ready."""
        began = time.monotonic()
        took: dict[str, float] = {}
        seen: dict[str, set[int]] = {one.name: set() for one in self.processes}

        def missing() -> list[str]:
            return [name for name in self.ports if name not in took]

        def all_ready() -> bool:
            self._give_up_on_the_hopeless(seen)
            for name in missing():
                if self.ready(name):
                    took[name] = time.monotonic() - began
            return not missing()

        until(all_ready, seconds=PATIENCE, what=lambda: f"{', '.join(missing())} · ./ocop logs")
        return took

    def _give_up_on_the_hopeless(self, seen: dict[str, set[int]]) -> None:
        """Whose settings are wrong, or who ends again and again."""
        for name, info in self.states.items():
            seen[name] |= {info["pid"]} - {0}
            if info["exitstatus"] == WRONG_SETTING or len(seen[name]) > STARTS:
                log = self.folder / "logs" / f"{name}.log"
                said = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise Failure(
                    f"{name} không khởi động được; nhật ký: {log}",
                    f"{name} does not start; its log: {log}\n{said}",
                )

    # -- how it ends

    def kill(self, name: str) -> None:
        """Kill -9 one process, as a fault test does; supervisord starts it again."""
        if process := self.process(name):
            for member in (process, *process.children(recursive=True)):
                send(member, signal.SIGKILL)

    def stop(self) -> None:
        """Everything at once, each in its own manner, then the supervisor; wait until gone."""
        supervisord = self._supervisord.process
        if supervisord is None:
            return
        try:
            with self._control() as control:
                control.stopAllProcesses()  # a shutdown alone stops one after another
                control.shutdown()
        except (OSError, Fault):
            send(supervisord, signal.SIGTERM)  # it does not listen, but it may still obey
        self._supervisord.wait_gone([supervisord], seconds=60)
