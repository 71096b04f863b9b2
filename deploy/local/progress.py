"""How far a download is: its folder's size, since neither Maven nor pip tell in a way to read."""

import threading
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

console = Console(stderr=True, highlight=False, soft_wrap=True)
EVERY = 0.5  # seconds between two looks
QUIET = 5.0  # seconds between two lines where there is no screen to draw on


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere, while the folder grows."""

    def __init__(self, what: str, folder: Path, megabytes: int) -> None:
        self.what, self.folder, self.total = what, folder, megabytes * 1_000_000
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        console.print(
            f"Đang tải {self.what} (một lần, {self.total // 1_000_000} MB) · "
            f"fetching {self.what}, once"
        )
        self._watcher.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        if console.is_terminal:
            self._draw()
        else:
            self._tell()

    def _draw(self) -> None:
        columns = (
            TextColumn("  {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
        )  # fmt: skip
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task(self.what, total=self.total)
            while not self._done.wait(EVERY):
                bar.update(task, completed=min(size(self.folder), self.total))

    def _tell(self) -> None:
        while not self._done.wait(QUIET):
            console.print(f"  {self.what}: {size(self.folder) // 1_000_000} MB")


def size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # a temporary file that is gone since it was listed
    return total
