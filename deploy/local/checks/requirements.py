"""What is locked names no host, not even a mirror's, and carries no option of an installer."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==\S+( ; [^/]+)?( \\)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def violations(root: Path) -> Iterator[str]:
    for file in sorted((root / "requirements").glob("*.txt")):
        yield from _lines(
            root, file, lambda line: not (PIN.fullmatch(line) or HASH.fullmatch(line))
        )
    for file in sorted(root.glob("*/**/package-lock.json")):
        if ".ocop" not in file.parts and "node_modules" not in file.parts:
            yield from _lines(root, file, lambda line: '"resolved":' in line)


def _lines(root: Path, file: Path, wrong: Callable[[str], bool]) -> Iterator[str]:
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if wrong(line):
            place = f"{file.relative_to(root)}:{number}"
            yield f"{place}: neither a pin nor a hash, perhaps a host: {line.strip()}"
