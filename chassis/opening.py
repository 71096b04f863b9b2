"""Whether a file opens in what people open it with, and how a browser shows what it cannot.

A PDF goes through PDFium, which Chrome's viewer is, a HEIC through libheif. Whatever was sent may
be made to harm them, so each file has a process of its own, within limits, that ends with it.
"""

import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import IO

from chassis.archives import Archive, BrokenArchive, LockedArchive
from chassis.files import UNPACKED, BrokenFile, LockedFile, MediaType

CHILD = Path(__file__).with_name("openers.py")
ANSWER_S = 40
_OFFICE = {MediaType.DOCX, MediaType.XLSX}
_OPENED = {MediaType.PDF: "pdf", MediaType.HEIC: "heic"}
NOT_SHOWN = frozenset({MediaType.HEIC})
"""Pictures that browsers do not show."""
_turn = Lock()
"""One at a time in a process: a pod has memory for one large picture beside the service."""
LOCKED = 3  # as openers.py says it, whose libraries no other process loads


def check(file: IO[bytes], media_type: MediaType) -> None:
    """LockedFile where it asks for a password, BrokenFile where it does not open."""
    if media_type in _OFFICE:
        _check_parts(file, media_type)
    elif media_type in _OPENED:
        file.seek(0)
        _opened(media_type, file.read())


def as_shown(content: bytes, media_type: MediaType) -> bytes:
    """A JPEG of a picture that browsers do not show; without what the camera told of the place."""
    return _opened(media_type, content)


def _check_parts(file: IO[bytes], media_type: MediaType) -> None:
    try:
        Archive(file, UNPACKED).check()
    except LockedArchive as error:
        raise LockedFile(media_type) from error
    except BrokenArchive as error:
        raise BrokenFile(media_type) from error


def _opened(media_type: MediaType, content: bytes) -> bytes:
    command = [sys.executable, "-I", str(CHILD), _OPENED[media_type]]
    try:
        with _turn:
            ended = subprocess.run(  # nothing that somebody sent is in the command
                command, input=content, capture_output=True, timeout=ANSWER_S, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise BrokenFile(media_type) from error
    if ended.returncode == LOCKED:
        raise LockedFile(media_type)
    if ended.returncode:
        raise BrokenFile(media_type)
    return ended.stdout
