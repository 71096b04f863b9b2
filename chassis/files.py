"""What a file is, by its content alone; whoever sent it may have called it anything. Pure.

No library tells these few apart well enough: those kept alive take any zip for a document, or need
a newer Python, and the system's libmagic is not on every machine.
"""

import re
from email.header import decode_header, make_header
from enum import StrEnum
from typing import IO, NamedTuple
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from chassis import archives
from chassis.archives import Archive, BrokenArchive, LockedArchive
from chassis.problems import FieldProblem, Problem, TooLarge, Unprocessable
from contracts.text import Line, Words
from rules.letters import mended

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
    AVIF = "image/avif"


ENDINGS = {
    MediaType.PDF: ("pdf",),
    MediaType.JPEG: ("jpg", "jpeg", "jpe", "jfif", "mpo"),
    MediaType.PNG: ("png",),
    MediaType.WEBP: ("webp",),
    MediaType.HEIC: ("heic", "heif"),
    MediaType.MP4: ("mp4", "m4v", "mov", "qt", "3gp", "3g2"),
    MediaType.DOCX: ("docx",),
    MediaType.XLSX: ("xlsx",),
    MediaType.AVIF: ("avif",),
}
"""What a name may end in; the first is the usual one. What iPhones and older phones film is an MP4
but for its brand, and browsers show it as one."""
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

    def __init__(self, claimed: str | None, other: "_Other | None" = None) -> None:
        but = Words(f" dù tên có đuôi .{claimed}", f", though its name ends in .{claimed}")
        vi, en = but if claimed else Words("", "")
        is_ = (
            Words(
                f" Đây là {other.what.vi}: {other.do.vi}.",
                f" It is {other.what.en}: {other.do.en}.",
            )
            if other
            else Words("", "")
        )
        super().__init__(
            f"Nội dung tệp không phải loại nào trong: {KINDS}{vi}.{is_.vi}",
            f"What is in the file is none of: {KINDS}{en}.{is_.en}",
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


class LockedFile(Unprocessable):
    slug = "locked-file"
    title = Words("Tệp có mật khẩu", "The file has a password")

    def __init__(self, found: MediaType | None = None) -> None:
        name = f" {found.name}" if found else ""
        super().__init__(
            f"Tệp{name} có mật khẩu nên không ai xem được. Bỏ mật khẩu rồi gửi lại.",
            f"The{name} file asks for a password, so nobody could look at it. Take the password off"
            " and send it again.",
            [FieldProblem("file", "bỏ mật khẩu", "take the password off")],
        )


class BrokenFile(Unprocessable):
    slug = "broken-file"
    title = Words("Tệp hỏng", "The file is broken")

    def __init__(self, found: MediaType) -> None:
        pages = found is MediaType.PDF
        super().__init__(
            f"Tệp {found.name} hỏng hoặc bị cắt cụt{', hoặc không có trang nào' if pages else ''}: "
            "không mở được. Mở lại bản gốc, lưu hoặc in ra PDF, rồi gửi lại.",
            f"The {found.name} file is broken or cut off{', or has no page' if pages else ''}: it "
            "does not open. Open the original, save it or print it to PDF, and send it again.",
            [FieldProblem("file", "không mở được", "it does not open")],
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


def check_size(size: int) -> None:
    """FileTooLarge or EmptyFile; `size` in bytes."""
    if size > MAX_BYTES:
        raise FileTooLarge
    if not size:
        raise EmptyFile


# -- names


_ENDING = re.compile(r"\.(?=[0-9]*[A-Za-z])([A-Za-z0-9]{1,8})$")
"""“.2024” at the end of a title is none."""


_ENCODED = re.compile(r"[!-~]*%[0-9A-Fa-f]{2}[!-~]*")
_WORDS = re.compile(r"=\?[\w-]+\?[BbQq]\?")


def shown_name(given: str, otherwise: str = "tep") -> str:
    """A file's name as people see it, never a path: folders before it, which some programs send,
    and invisible marks, which make one ending look like another, are left out; a letter that came
    in another encoding is “_”. Control characters and more than 300 letters are refused.
    """
    last = re.split(r"[/\\]", _decoded(given))[-1]
    visible = mended(last).strip(" .").replace("\ufffd", "_")
    try:
        return TypeAdapter(Line).validate_python(visible or otherwise)
    except ValidationError as error:
        raise Unprocessable(
            "Tên tệp không dùng được.", "The file's name cannot be used.",
            [FieldProblem("file", "đổi tên tệp ngắn gọn hơn", "give the file a shorter name")],
        ) from error  # fmt: skip


def _decoded(name: str) -> str:
    """Programs that send but ASCII write a name by the percent codes of its bytes (a browser its
    quotes alone), or as mail does (RFC 2047)."""
    if _ENCODED.fullmatch(name) and "\ufffd" not in (plain := unquote(name)):
        return plain
    if _WORDS.match(name):
        try:
            return str(make_header(decode_header(name)))
        except (ValueError, LookupError):
            return name
    return name.replace("%22", '"')


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

    main: re.Pattern[bytes]
    folder: str


class _Other(NamedTuple):
    """What is known and not taken, and what to do with it."""

    what: Words
    do: Words


OFFICE_97 = b"\xd0\xcf\x11\xe0"
"""How a container of the older Office begins (MS-CFB, 2.2)."""
_BEGINS = {
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
}
_OFFICE = {
    MediaType.DOCX: _Office(re.compile(rb"wordprocessingml\.document\.main\+xml[\"']"), "word/"),
    MediaType.XLSX: _Office(re.compile(rb"spreadsheetml\.sheet\.main\+xml[\"']"), "xl/"),
}
_TYPES = "[content_types].xml"
_HEIC = {b"heic", b"heix", b"heim", b"heis"}
_AVIF = {b"avif", b"avis"}
_MP4 = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41",
    b"mp42", b"avc1", b"M4V ", b"M4VP", b"mmp4", b"MSNV", b"dash", b"qt  ",
}  # fmt: skip
_MOBILE = (b"3gp", b"3gr", b"3gs", b"3ge", b"3gg", b"3g2", b"kddi")
_SOUND_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A "}
"""Brands of ISO 14496-12."""
_HEAD = 1024
"""Within so many bytes a viewer looks for how a PDF begins: programs put marks and lines before."""
_MAX_TYPES = 1_000_000
UNPACKED = 500 * 10**6
"""Bytes that a document may unpack to; nobody unpacks it here at one go."""

_PICTURE = _Other(
    Words("ảnh loại khác", "another kind of picture"),
    Words("lưu lại dạng JPEG hoặc PNG", "save it as JPEG or PNG"),
)
_SOUND = _Other(
    Words("tệp âm thanh", "a sound"),
    Words("ghi thành video MP4, hoặc chép lời ra PDF", "film it as MP4, or write it down as PDF"),
)
_FILM = _Other(
    Words("video loại khác", "another kind of film"), Words("đổi sang MP4", "convert it to MP4")
)
_OLD_OFFICE = _Other(
    Words("tệp Office kiểu cũ (.doc, .xls, .ppt)", "a file of an old Office (.doc, .xls, .ppt)"),
    Words("lưu lại dạng DOCX, XLSX hoặc PDF", "save it as DOCX, XLSX or PDF"),
)
_PACKED = _Other(
    Words("tệp nén hoặc tài liệu loại khác", "an archive, or another kind of document"),
    Words("giải nén rồi gửi từng tệp, hoặc xuất ra PDF", "unpack it, or export it to PDF"),
)
_CUT = _Other(
    Words("tệp nén hỏng hoặc bị cắt cụt", "an archive that is broken or cut off"),
    Words("mở bản gốc, lưu lại rồi gửi", "open the original, save it again and send that"),
)
_PAGE = _Other(Words("trang web", "a web page"), Words("in ra PDF", "print it to PDF"))
_OTHERS = {
    b"GIF8": _PICTURE, b"BM": _PICTURE, b"II*\0": _PICTURE, b"MM\0*": _PICTURE,
    b"8BPS": _PICTURE, b"\xff\x0a": _PICTURE, b"\0\0\0\x0cJXL ": _PICTURE,
    b"#!AMR": _SOUND, b"ID3": _SOUND, b"\xff\xfb": _SOUND, b"\xff\xf3": _SOUND,
    b"\xff\xf1": _SOUND, b"\xff\xf9": _SOUND, b"OggS": _SOUND, b"fLaC": _SOUND, b"caff": _SOUND,
    b"\x1aE\xdf\xa3": _FILM, b"0&\xb2u": _FILM, b"FLV": _FILM, b"\0\0\x01\xba": _FILM,
    OFFICE_97: _OLD_OFFICE, b"Rar!": _PACKED, b"7z\xbc\xaf": _PACKED,
    b"\x1f\x8b": _PACKED, b"<!DOCTYPE": _PAGE, b"<!doctype": _PAGE, b"<html": _PAGE,
    b"<HTML": _PAGE, b"<svg": _PICTURE,
}  # fmt: skip
_RIFF = {b"WAVE": _SOUND, b"AVI ": _FILM}


def recognised(file: IO[bytes], name: str) -> MediaType:
    """What the file is; UnknownType, LockedFile for an Office file with a password, or ClaimDiffers
    where the name's ending says another."""
    found, ending = _sniffed(file), claimed(name)
    if not isinstance(found, MediaType):
        raise UnknownType(ending, found)
    if ending and ending not in ENDINGS[found]:
        raise ClaimDiffers(ending, found)
    return found


def _sniffed(file: IO[bytes]) -> MediaType | _Other | None:
    file.seek(0)
    head = file.read(_HEAD)
    for begin, media_type in _BEGINS.items():
        if head.startswith(begin):
            return media_type
    if head.startswith(b"RIFF"):
        return MediaType.WEBP if head[8:12] == b"WEBP" else _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _branded(head)
    if archives.begins(head):
        return _package(file)
    if b"%PDF-" in head:
        return MediaType.PDF
    if head.startswith(OFFICE_97) and has_password(head + file.read()):
        raise LockedFile
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((one for begin, one in _OTHERS.items() if text.startswith(begin)), None)


def has_password(office_97: bytes) -> bool:
    """A newer Office file with one lies in the older container (MS-OFFCRYPTO, 2.3.4.4)."""
    return "EncryptedPackage".encode("utf-16-le") in office_97


def _branded(head: bytes) -> MediaType | _Other | None:
    box = head[: int.from_bytes(head[:4])]
    major, compatible = box[8:12], {box[at : at + 4] for at in range(16, len(box), 4)}
    general = major in (b"mif1", b"msf1")
    if major in _HEIC or (general and _HEIC & compatible):
        return MediaType.HEIC
    if major in _AVIF or (general and _AVIF & compatible):
        return MediaType.AVIF
    if major in _SOUND_BRANDS:
        return _SOUND
    return MediaType.MP4 if major in _MP4 or major.startswith(_MOBILE) else None


def _package(file: IO[bytes]) -> MediaType | _Other:
    """The list of types and the names of the parts are all that is read."""
    try:
        package = Archive(file, UNPACKED)
        said = package.read(_TYPES, _MAX_TYPES) if _TYPES in package.names else b""
    except LockedArchive as error:
        raise LockedFile from error
    except BrokenArchive:
        return _CUT
    for media_type, office in _OFFICE.items():
        if office.main.search(said) and any(one.startswith(office.folder) for one in package.names):
            return media_type
    return _PACKED
