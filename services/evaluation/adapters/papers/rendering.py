"""Making a paper's files, each in a child process of its own that a template cannot outlive.

The children are forked from one server (multiprocessing's forkserver, see `warm`), so that a paper
costs what it is and not a second for loading WeasyPrint.
"""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from contracts.text import Words
from services.evaluation.adapters.papers import child
from services.evaluation.domain.papers import Content, Format, Template

MAX_FILE = 25 * 2**20
WALL_S = 300


@cache
def _processes() -> ForkServerContext:
    """Asked for when there is something to make: under eventlet, in a worker, there is none."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.warm"])
    return context


@dataclass(frozen=True)
class Made:
    content: bytes
    template: Template


class WrongTemplate(Exception):
    """No retry can help: somebody has to mend the template."""

    def __init__(self, name: str, words: Words) -> None:
        super().__init__(f"{name}: {words.en}")
        self.words = words
        self.told = Words(f"Mẫu {name}: {words.vi}.", f"Template {name}: {words.en}.")


@dataclass(frozen=True)
class Renderer:
    """`folder`: an agency's templates, before ours. `at_once`: how many files are made at a time,
    each by a process of its own. `seconds`: of processor time that one may take."""

    folder: Path | None = None
    at_once: int = 2
    seconds: int = 30

    def each(
        self, tenant: str, contents: Iterable[Content]
    ) -> Iterator[Mapping[Format, Made] | WrongTemplate]:
        """Every paper's files, or why it has none, in their order."""
        with ThreadPoolExecutor(self.at_once) as pool:
            begun = [
                {format: pool.submit(self.file, tenant, one, format) for format in Format}
                for one in contents
            ]
            for files in begun:
                try:
                    yield {format: made.result() for format, made in files.items()}
                except WrongTemplate as wrong:
                    yield wrong

    def file(self, tenant: str, content: Content, format: Format) -> Made:
        name = f"{content.kind}{child.SUFFIX[format]}"
        order = child.Order(
            self.folder, tenant, content.kind, format,
            content.model_dump_json(round_trip=True), self.seconds,
        )  # fmt: skip
        answer = _answer(name, order)
        outcome, rest = answer[:1], answer[1:]
        if outcome == child.MADE:
            digest, _, made = rest.partition(b"\n")
            return Made(made, Template(name=name, sha256=digest.decode()))
        vi, en = rest.decode().split("\n")
        raise WrongTemplate(name, Words(vi, en))


def _answer(name: str, order: child.Order) -> bytes:
    context = _processes()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child.make, args=(order, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(WALL_S):
            raise TimeoutError(f"{name}: not made in {WALL_S} s, of which a template may use less")
        return _received(name, ours, process)
    finally:
        ours.close()
        process.kill()
        process.join()
        process.close()


def _received(name: str, answer: Connection, process: BaseProcess) -> bytes:
    try:
        return answer.recv_bytes(MAX_FILE)
    except EOFError as error:
        process.join()
        if process.exitcode == -signal.SIGKILL:  # by no limit of ours: another time it may go well
            raise ChildProcessError(f"{name}: its process was killed") from error
        told = child.TOO_LONG if process.exitcode == -signal.SIGXCPU else child.TOO_MUCH
        raise WrongTemplate(name, told) from error
    except OSError as error:
        raise WrongTemplate(name, child.TOO_MUCH) from error
