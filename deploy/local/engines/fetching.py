"""Getting an engine onto this machine, once for all checkouts: locked, verified, whole or not."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from deploy.local.failure import Failure
from deploy.local.progress import Progress

ROOT = Path(__file__).parents[3]


def cache() -> Path:
    """Outlives `./ocop clean`. Of the system for root: Elasticsearch's user cannot read /root."""
    return Path(platformdirs.user_cache_dir("ocop", use_site_for_root=True))


@contextmanager
def once(target: Path, what: str, megabytes: int) -> Iterator[Path | None]:
    """Give a folder to fill where the target is not there yet, otherwise None.

    Filled elsewhere and renamed when complete: an interrupted fetch is never taken for a whole
    one, and what it left behind goes with the next. Two fetches at once wait for one another.
    """
    if target.exists():
        yield None
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            yield None
            return
        for left in target.parent.glob(f".{target.name}.part-*"):
            shutil.rmtree(left)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent))
        try:
            with Progress(what, part, megabytes):
                yield part
            part.chmod(0o755)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def run(command: list[str], place: Path) -> None:
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise Failure(
            f"Không tải được: {command[0]} kết thúc với mã {done.returncode}.",
            f"Could not be fetched: {command[0]} ended with {done.returncode}.\n{said[-2000:]}",
        )


def verify(file: Path, sha256: str) -> None:
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise Failure(
            f"{file.name} không phải là tệp mong đợi (sha256 {found}).",
            f"{file.name} is not the file that was expected (sha256 {found}, not {sha256}).",
        )


def readable_by_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))


def uv() -> Path:
    """./ocop keeps it beside its environment."""
    return ROOT / ".ocop" / "uv" / "bin" / "uv"
