"""One process that outlives the command that started it (or, tied, ends with it)."""

import json
import signal
import subprocess
from pathlib import Path

import psutil

LARGEST_LOG = 10_000_000


class Detached:
    """Known by a file with its number and start time: a number alone may be somebody else's now."""

    def __init__(self, pid_file: Path, log: Path) -> None:
        self.pid_file, self.log = pid_file, log

    @property
    def process(self) -> psutil.Process | None:
        try:
            pid, started = json.loads(self.pid_file.read_text())
            process = psutil.Process(pid)
            alive = process.create_time() == started and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return process if alive else None

    def start(
        self,
        command: list[str],
        environment: dict[str, str],
        place: Path,
        *,
        user: int | None = None,
        tied: bool = False,
    ) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.rename(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [*_setpriv(user, tied), *command],
                env=environment,
                cwd=place,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        child.returncode = 0  # it lives on without this object, which otherwise complains
        started = psutil.Process(child.pid).create_time()
        self.pid_file.write_text(json.dumps([child.pid, started]))

    def end(self, number: signal.Signals, seconds: float) -> None:
        """Signal it, and wait until it and all that it started are gone."""
        process = self.process
        if not process:
            return
        family = [process, *process.children(recursive=True)]
        # A shell or launcher passes SIGTERM on itself; SIGKILL must reach everybody.
        for member in family if number == signal.SIGKILL else family[:1]:
            send(member, number)
        self.wait_gone(family, seconds)

    def wait_gone(self, family: list[psutil.Process], seconds: float) -> None:
        """What is left after that time is killed."""
        _, left = psutil.wait_procs(family, timeout=seconds)
        for member in left:
            send(member, signal.SIGKILL)
        psutil.wait_procs(left, timeout=10)
        self.pid_file.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # gone by itself, as wanted


def _setpriv(user: int | None, tied: bool) -> list[str]:
    """One call for both: a change of user after it would undo the tie."""
    drop = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user is not None else []
    tie = ["--pdeathsig", "TERM"] if tied else []
    return ["setpriv", *drop, *tie] if drop or tie else []
