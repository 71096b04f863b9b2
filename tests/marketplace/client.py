"""The installed command, as a process of its own, and what its store holds."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.chassis.running import until

ROOT = Path(__file__).parents[2]
PATH = f"{ROOT / 'clients' / 'marketplace'}:{ROOT}"


class Client:
    command: Sequence[str] = (sys.executable, "-m", "ocop_marketplace", "follow")

    def __init__(self, settings: dict[str, str], flags: Sequence[str], files: Path) -> None:
        self.store = Path(settings["store"])
        given = {f"OCOP_MARKETPLACE_{name.upper()}": value for name, value in settings.items()}
        self.environment = os.environ | given | {"PYTHONPATH": PATH}
        self._flags, self._out, self._err = (
            flags,
            files.with_suffix(".out"),
            files.with_suffix(".err"),
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Client":
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self._process = subprocess.Popen(
                [*self.command, *self._flags], env=self.environment, stdout=out, stderr=err
            )
        return self

    def ended(self, seconds: float = 20) -> int:
        """Its exit code, started if it was not."""
        if not self._process:
            self.start()
        assert self._process
        return self._process.wait(seconds)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def told(self) -> list[tuple[int, str, str]]:
        """Sequence, kind and name of each whole line it printed; with --json."""
        lines = [
            json.loads(line) for line in self._out.read_text().splitlines(True) if "\n" in line
        ]
        return [(one["sequence"], one["change"], one["listing"]["name"]) for one in lines]

    @property
    def printed(self) -> str:
        return self._out.read_text()

    @property
    def said(self) -> str:
        return self._err.read_text()

    def at(self, sequence: int, seconds: float = 20) -> None:
        """Wait until its store has everything up to there."""
        until(lambda: self.rows("SELECT * FROM position WHERE sequence >= ?", sequence), seconds)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        if not self.store.exists():
            return []
        with closing(sqlite3.connect(self.store, timeout=10)) as db:
            try:
                return db.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # it has only just been started
                    return []
                raise

    @property
    def listed(self) -> dict[str, Any]:
        rows = self.rows("SELECT id, listing FROM products WHERE listed")
        return {id: json.loads(listing) for id, listing in rows}
