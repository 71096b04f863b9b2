"""A zip within bounds, whatever it says of itself. Pure.

Nothing is unpacked that was not counted before, and nothing by a method whose steps have no bound.
What it says of its sizes is counted as it stands: of a part no more is ever read than that.
"""

import posixpath
import zlib
from collections.abc import Iterator
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

PIECE = 65536
MAX_DIRECTORY = 2_000_000
"""Bytes that list a zip's parts, which are read at once."""
_BEGIN = b"PK\x03\x04"
_ENCRYPTED = 0x1
_WRONG = (
    BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError, OverflowError,
)  # fmt: skip
"""What zipfile raises for what is not as it expects."""


class BrokenArchive(Exception):
    """No zip, one that breaks off, says a part twice, or is packed as no document is."""


class LockedArchive(BrokenArchive):
    """A part of it needs a password."""


class HugeArchive(BrokenArchive):
    """It unpacks to more than it may."""


class Archive:
    """`names`: of its parts as a document's parts are compared (ECMA-376-2, 6.2.2): in lower case,
    `/` between and none before."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        """`most`: bytes of all parts together. Raises BrokenArchive."""
        try:
            self._zip = ZipFile(cast("IO[bytes]", _Bounded(file)))
        except _WRONG as error:
            raise BrokenArchive from error
        parts = [one for one in self._zip.infolist() if not one.is_dir()]
        self._parts = {part_name(one.filename): one for one in parts}
        if len(self._parts) < len(parts):
            raise BrokenArchive
        if any(one.flag_bits & _ENCRYPTED for one in parts):
            raise LockedArchive
        if sum(one.file_size for one in parts) > most:
            raise HugeArchive

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._parts)

    def pieces(self, name: str) -> Iterator[bytes]:
        """What a part is, piece by piece. Raises BrokenArchive, also where it is not whole."""
        part = self._part(name)
        try:
            with self._zip.open(part) as source:
                while piece := source.read(PIECE):
                    yield piece
        except _WRONG as error:
            raise BrokenArchive from error

    def read(self, name: str, most: int) -> bytes:
        """HugeArchive where it has more than `most` bytes."""
        if self._part(name).file_size > most:
            raise HugeArchive
        return b"".join(self.pieces(name))

    def check(self) -> None:
        """BrokenArchive unless every part is whole."""
        for name in self._parts:
            for _ in self.pieces(name):
                pass

    def _part(self, name: str) -> ZipInfo:
        found = self._parts.get(part_name(name))
        if found is None or found.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BrokenArchive
        return found


def begins(head: bytes) -> bool:
    return head.startswith(_BEGIN)


def part_name(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()


class _Bounded:
    """zipfile reads the list of parts at once, however long the zip says that it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY:
            raise HugeArchive
        return self._read(size)
