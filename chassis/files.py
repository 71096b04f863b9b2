"""What a file is, by its content alone; whoever sent it may have called it anything. Pure.

No library tells these few apart well enough: those kept alive take any zip for a document, or need
a newer Python, and the system's libmagic is not on every machine.
"""

import re
import zlib
from enum import StrEnum
from typing import IO, NamedTuple
from unicodedata import category
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from chassis.problems import FieldProblem, Problem, TooLarge, Unprocessable
from contracts.text import Line, Words

MAX_BYTES = 25 * 2**20


class MediaType(StrEnum):
    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    MP4 = "video/mp4"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


ENDINGS = {
    MediaType.PDF: ("pdf",),
    MediaType.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    MediaType.PNG: ("png",),
    MediaType.WEBP: ("webp",),
    MediaType.HEIC: ("heic", "heif"),
    MediaType.MP4: ("mp4", "m4v"),
    MediaType.DOCX: ("docx",),
    MediaType.XLSX: ("xlsx",),
}
"""What a name may end in; the first is the usual one."""
KINDS = ", ".join(one.name for one in MediaType)


class StoredFile(BaseModel):
    """`size` in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: int
    media_type: MediaType


class FileTooLarge(TooLarge):
    def __init__(self) -> None:
        super().__init__(
            "Tệp lớn hơn 25 MB. Giảm độ phân giải hoặc chia thành nhiều tệp rồi gửi lại.",
            "The file is larger than 25 MB. Lower its resolution or send it in parts.",
            [FieldProblem("file", "chỉ được đến 25 MB", "may have 25 MB at most")],
        )


class EmptyFile(Unprocessable):
    slug = "empty-file"
    title = Words("Tệp rỗng", "An empty file")

    def __init__(self) -> None:
        super().__init__(
            "Tệp không có nội dung. Mở lại bản gốc rồi gửi lại.",
            "There is nothing in the file. Open the original and send it again.",
            [FieldProblem("file", "không được rỗng", "may not be empty")],
        )


class UnknownType(Problem):
    status, slug = 415, "unknown-type"
    title = Words("Loại tệp không nhận", "Not a type of file that is taken")

    def __init__(self, claimed: str | None) -> None:
        but = Words(f" dù tên có đuôi .{claimed}", f", though its name ends in .{claimed}")
        vi, en = but if claimed else Words("", "")
        super().__init__(
            f"Nội dung tệp không phải loại nào trong: {KINDS}{vi}.",
            f"What is in the file is none of: {KINDS}{en}.",
            [FieldProblem("file", f"gửi một trong: {KINDS}", f"send one of: {KINDS}")],
        )


class ClaimDiffers(Unprocessable):
    slug = "claim-differs"
    title = Words("Tên tệp và nội dung khác nhau", "Name and content differ")

    def __init__(self, claimed: str, found: MediaType) -> None:
        ending = ENDINGS[found][0]
        super().__init__(
            f"Tên tệp có đuôi .{claimed} nhưng nội dung là {found.name}. Kiểm tra có đúng tệp"
            f" không; nếu đúng, đổi đuôi thành .{ending}.",
            f"The name ends in .{claimed} and the content is {found.name}. See whether it is the"
            f" right file; if so, let its name end in .{ending}.",
            [FieldProblem("file", f"đuôi phải là .{ending}", f"has to end in .{ending}")],
        )


class Damaged(Unprocessable):
    """What came is not what was announced."""

    slug = "damaged"
    title = Words("Tệp không nguyên vẹn", "The file is not whole")

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"Nội dung nhận được có mã {found}, không phải {expected}.",
            f"What arrived has the hash {found}, not {expected}.",
        )


# -- names


_ENDING = re.compile(r"\.(?=[0-9]*[A-Za-z])([A-Za-z0-9]{1,8})$")
"""“.2024” at the end of a title is none."""


def shown_name(given: str, otherwise: str = "tep") -> str:
    """A file's name as people see it, never a path: folders before it, which some programs send,
    and invisible marks, which make one ending look like another, are left out; a letter that came
    in another encoding is “_”. Control characters and more than 300 letters are refused.
    """
    last = re.split(r"[/\\]", given)[-1]
    visible = "".join(one for one in last if category(one) != "Cf").strip(" .")
    visible = visible.replace("\ufffd", "_")
    try:
        return TypeAdapter(Line).validate_python(visible or otherwise)
    except ValidationError as error:
        raise Unprocessable(
            "Tên tệp không dùng được.", "The file's name cannot be used.",
            [FieldProblem("file", "đổi tên tệp ngắn gọn hơn", "give the file a shorter name")],
        ) from error  # fmt: skip


def claimed(name: str) -> str | None:
    """The ending by which a name says what the file is; None where it says nothing."""
    found = _ENDING.search(name)
    return found[1].lower() if found else None


def name_to_save(name: str, media_type: MediaType) -> str:
    """With an ending, so that a saved copy opens with what it is for."""
    return name if claimed(name) else f"{name}.{ENDINGS[media_type][0]}"


# -- content


class _Office(NamedTuple):
    """ECMA-376: a package's list of types names its main part's; with macros it is another."""

    main: bytes
    folder: str


_BEGINS = {
    b"%PDF-": MediaType.PDF,
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
}
_OFFICE = {
    MediaType.DOCX: _Office(b'wordprocessingml.document.main+xml"', "word/"),
    MediaType.XLSX: _Office(b'spreadsheetml.sheet.main+xml"', "xl/"),
}
_HEIC = {b"heic", b"heix", b"heim", b"heis"}
_MP4 = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ",
    b"mmp4", b"MSNV", b"dash",
}  # fmt: skip
"""Brands of ISO 14496-12; sound alone, QuickTime and AVIF have others."""
_HEAD = 256
_MAX_TYPES, _MAX_DIRECTORY = 1_000_000, 2_000_000
_NO_PACKAGE = (
    BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError, OverflowError,
)  # fmt: skip


def recognised(file: IO[bytes], name: str) -> MediaType:
    """What the file is; UnknownType, or ClaimDiffers where the name's ending says another."""
    found, ending = _sniffed(file), claimed(name)
    if found is None:
        raise UnknownType(ending)
    if ending and ending not in ENDINGS[found]:
        raise ClaimDiffers(ending, found)
    return found


def _sniffed(file: IO[bytes]) -> MediaType | None:
    file.seek(0)
    head = file.read(_HEAD)
    for begin, media_type in _BEGINS.items():
        if head.startswith(begin):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head.startswith(b"PK\x03\x04"):
        return _package(file)
    return None


def _branded(head: bytes) -> MediaType | None:
    box = head[: int.from_bytes(head[:4])]
    major, compatible = box[8:12], {box[at : at + 4] for at in range(16, len(box), 4)}
    if major in _HEIC or (major in (b"mif1", b"msf1") and _HEIC & compatible):
        return MediaType.HEIC
    return MediaType.MP4 if major in _MP4 else None


def _package(file: IO[bytes]) -> MediaType | None:
    """The list of types and the names of the parts are all that is read."""
    if _directory(file) > _MAX_DIRECTORY:
        return None
    try:
        with ZipFile(file) as package:
            names = package.namelist()
            with package.open("[Content_Types].xml") as types:
                said = types.read(_MAX_TYPES)
    except _NO_PACKAGE:
        return None
    for media_type, office in _OFFICE.items():
        if office.main in said and any(name.startswith(office.folder) for name in names):
            return media_type
    return None


def _directory(file: IO[bytes]) -> int:
    """How many bytes list a zip's parts, which are read at once (APPNOTE, 4.3.16). An archive that
    says it elsewhere, as those of many gigabytes do, or has a comment, is no document."""
    file.seek(0, 2)
    file.seek(max(file.tell() - 42, 0))
    end = file.read()
    if b"PK\x06\x07" in end or end[-22:-18] != b"PK\x05\x06":
        return _MAX_DIRECTORY + 1
    return int.from_bytes(end[-10:-6], "little")
