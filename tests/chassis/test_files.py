"""What a file is, by its content; and how it is kept: once a tenant, whole or not at all."""

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any
from unicodedata import normalize

import pytest
from PIL import Image

from chassis import opening
from chassis.files import (
    MAX_BYTES,
    BrokenFile,
    ClaimDiffers,
    Damaged,
    EmptyFile,
    FileTooLarge,
    LockedFile,
    MediaType,
    StoredFile,
    UnknownType,
    claimed,
    name_to_save,
    recognised,
    shown_name,
)
from chassis.problems import NotFound, Unavailable, Unprocessable
from chassis.scope import Scope, entered
from chassis.store import files
from chassis.store.files import Files
from tests.chassis.running import until
from tests.conftest import ROOT
from tests.files import (
    PDF,
    boxed,
    docx,
    heic,
    locked_pdf,
    pdf,
    picture,
    unzipped,
    xlsx,
    zipped,
)

FILES, CHILD = Files(), opening.CHILD
TRI_TON, CHAU_DOC = Scope("tri-ton", "officer"), Scope("chau-doc", "officer")


def what(content: bytes, name: str = "") -> MediaType:
    return recognised(io.BytesIO(content), name)


# -- what it is


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (pdf, MediaType.PDF),
        (lambda: picture("JPEG"), MediaType.JPEG),
        (lambda: picture("PNG"), MediaType.PNG),
        (lambda: picture("WEBP"), MediaType.WEBP),
        (lambda: boxed(b"heic", b"mif1", b"heic"), MediaType.HEIC),
        (lambda: boxed(b"mif1", b"mif1", b"heic"), MediaType.HEIC),
        (lambda: boxed(b"isom", b"isom", b"avc1"), MediaType.MP4),
        (lambda: boxed(b"mp42"), MediaType.MP4),
        (lambda: boxed(b"qt  ", b"qt  "), MediaType.MP4),
        (lambda: boxed(b"3gp5", b"isom"), MediaType.MP4),
        (lambda: boxed(b"3g2a"), MediaType.MP4),
        (lambda: boxed(b"avif", b"mif1", b"miaf"), MediaType.AVIF),
        (lambda: boxed(b"mif1", b"avif"), MediaType.AVIF),
        (lambda: b"\xef\xbb\xbf\r\n\r\n" + pdf(), MediaType.PDF),
        (lambda: b" " * 1019 + pdf(), MediaType.PDF),
        (heic, MediaType.HEIC),
        (lambda: zipped(unzipped(docx()), b"a comment"), MediaType.DOCX),
        (lambda: zipped(unzipped(xlsx()), b"x" * 65535), MediaType.XLSX),
        (docx, MediaType.DOCX),
        (xlsx, MediaType.XLSX),
        (lambda: zipped(dict(reversed(unzipped(docx()).items()))), MediaType.DOCX),
    ],
)
def test_it_is_what_its_content_is(make: Callable[[], bytes], found):
    assert what(make()) is found


def _of_macros() -> bytes:
    parts = unzipped(docx())
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert types != parts["[Content_Types].xml"]
    return zipped(parts)


def _without(*folders: str) -> bytes:
    parts = unzipped(docx())
    return zipped({name: one for name, one in parts.items() if not name.startswith(folders)})


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"Gi\xe1\xba\xa5y ph\xc3\xa9p",
        lambda: b"<html><script>alert(1)</script></html>",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        lambda: b" " * 1020 + pdf(),
        lambda: b"MZ\x90\x00" + bytes(100),
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        lambda: picture("GIF"),
        lambda: b"RIFF\x24\x00\x00\x00WAVEfmt ",
        lambda: boxed(b"M4A ", b"mp42", b"isom"),
        lambda: boxed(b"crx "),
        lambda: b"\x00\x00\x00\x00ftyp",
        lambda: zipped({"a.txt": b"a"}),
        lambda: zipped({"word/document.xml": b"<w/>"}),
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        _of_macros,
        lambda: _without("word/"),
        lambda: docx()[:-30],
        lambda: docx()[:200],
        lambda: b"PK\x03\x04",
        lambda: b"\x00",
    ],
)
def test_what_is_none_of_ours_is_refused_whatever_its_name(make: Callable[[], bytes]):
    with pytest.raises(UnknownType) as refused:
        what(make(), "giay-phep.pdf")
    body = refused.value.as_json()
    assert (body["status"], body["type"]) == (415, "urn:ocop:problem:unknown-type")
    for words in (body["detail"], body["en"]["detail"]):
        assert ".pdf" in words
        assert "PDF, JPEG, PNG, WEBP, HEIC, MP4, DOCX, XLSX" in words


@pytest.mark.parametrize(
    ("content", "what_it_is"),
    [
        (b"#!AMR\n", "tệp âm thanh: ghi thành video MP4"),
        (b"ID3\x03", "tệp âm thanh"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "tệp âm thanh"),
        (boxed(b"M4A ", b"mp42"), "tệp âm thanh"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video loại khác: đổi sang MP4"),
        (b"\x1aE\xdf\xa3webm", "video loại khác"),
        (picture("GIF"), "ảnh loại khác: lưu lại dạng JPEG hoặc PNG"),
        (picture("BMP"), "ảnh loại khác"),
        (picture("TIFF"), "ảnh loại khác"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tệp Office kiểu cũ"),
        (b"Rar!\x1a\x07", "tệp nén"),
        (zipped({"a.pdf": PDF}), "tệp nén"),
        (docx()[:-30], "tệp nén hỏng hoặc bị cắt cụt"),
        (b"\n<!DOCTYPE html>", "trang web: in ra PDF"),
    ],
)
def test_what_is_known_and_not_taken_is_told_with_what_to_do(content: bytes, what_it_is: str):
    with pytest.raises(UnknownType) as refused:
        what(content)
    vi, en = refused.value.words
    assert f"Đây là {what_it_is}" in vi
    assert "It is a" in en


def test_a_document_with_a_password_is_told_so():
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)
    with pytest.raises(LockedFile):
        what(locked + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (lambda: boxed(b"qt  "), ["IMG_0001.MOV", "a.qt"]),
        (lambda: boxed(b"3gp4"), ["a.3gp", "a.3g2", "a.mp4"]),
        (lambda: picture("JPEG"), ["a.jfif", "a.mpo", "a.jpe"]),
        (lambda: boxed(b"avif"), ["a.avif"]),
    ],
)
def test_what_phones_call_it_agrees_with_what_it_is(kind, names):
    for name in names:
        assert what(kind(), name) in (MediaType.MP4, MediaType.JPEG, MediaType.AVIF)


# -- whether it opens


def part_lost() -> bytes:
    """One letter of a document's text is another: its sum no longer agrees."""
    content = docx()
    at = content.index(b"word/document.xml") + len("word/document.xml") + 20
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("content", "media_type", "problem"),
    [
        (pdf(), MediaType.PDF, None),
        (b"\xef\xbb\xbf\n" + pdf(), MediaType.PDF, None),
        (pdf().ljust(1_000_000, b"\0"), MediaType.PDF, None),
        (locked_pdf(), MediaType.PDF, LockedFile),
        (pdf()[:120], MediaType.PDF, BrokenFile),
        (b"%PDF-1.7\n", MediaType.PDF, BrokenFile),
        (pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0"), MediaType.PDF, BrokenFile),
        (pdf().replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), MediaType.PDF, BrokenFile),
        (heic(), MediaType.HEIC, None),
        (heic()[:300], MediaType.HEIC, BrokenFile),
        (boxed(b"heic"), MediaType.HEIC, BrokenFile),
        (docx(), MediaType.DOCX, None),
        (xlsx(), MediaType.XLSX, None),
        (part_lost(), MediaType.DOCX, BrokenFile),
        (picture("JPEG"), MediaType.JPEG, None),
    ],
)
def test_what_does_not_open_is_told_why(content: bytes, media_type: MediaType, problem):
    if problem is None:
        opening.check(io.BytesIO(content), media_type)
        return
    with pytest.raises(problem) as refused:
        opening.check(io.BytesIO(content), media_type)
    assert media_type.name in refused.value.words.vi


def test_several_that_come_at_once_are_all_opened():
    contents = [pdf("a"), heic(), locked_pdf(), pdf("b")]
    types = [MediaType.PDF, MediaType.HEIC, MediaType.PDF, MediaType.PDF]
    with ThreadPoolExecutor(4) as pool:
        opened = [
            pool.submit(opening.check, io.BytesIO(content), media_type)
            for content, media_type in zip(contents, types, strict=True)
        ]
    assert [type(one.exception()) for one in opened] == [type(None)] * 2 + [
        LockedFile, type(None),
    ]  # fmt: skip


def test_what_never_ends_and_what_takes_all_memory_end(monkeypatch, tmp_path):
    """The limits are of the process that opens it, whatever a library is made to do."""
    for limit in ("while True: pass", "bytearray(10**10)"):
        program = tmp_path / "openers.py"
        source = CHILD.read_text().replace("CPU_S = 20", "CPU_S = 1")
        program.write_text(source.replace("document = ", f"exec({limit!r}); document = "))
        monkeypatch.setattr(opening, "CHILD", program)
        with pytest.raises(BrokenFile):
            opening.check(io.BytesIO(pdf()), MediaType.PDF)


def test_a_document_that_unpacks_to_more_than_any_is_refused_unread():
    parts = unzipped(docx())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("word/media/a.bmp", "w") as opened:
            for _ in range(520):
                opened.write(bytes(1_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(UnknownType):
            what(out.getvalue())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_a_zip_that_lists_more_parts_than_any_document_is_not_unpacked():
    parts = unzipped(docx()) | {f"word/{number}{'x' * 200}": b"" for number in range(8000)}
    with pytest.raises(UnknownType):
        what(zipped(parts))


@pytest.mark.parametrize(
    ("name", "content", "says", "is_"),
    [
        ("giay-phep.pdf", picture("PNG"), ".pdf", "PNG"),
        ("anh.JPG", pdf(), ".jpg", "PDF"),
        ("bang.docx", xlsx(), ".docx", "XLSX"),
        ("phim.hta", pdf(), ".hta", "PDF"),
        ("phim.mp4", boxed(b"heic"), ".mp4", "HEIC"),
    ],
)
def test_a_name_that_says_another_type_is_refused_naming_both(name, content, says, is_):
    with pytest.raises(ClaimDiffers) as refused:
        what(content, name)
    body = refused.value.as_json()
    assert (body["status"], body["type"]) == (422, "urn:ocop:problem:claim-differs")
    assert body["errors"][0]["field"] == "file"
    for words in (body["detail"], body["en"]["detail"]):
        assert says in words
        assert is_ in words


@pytest.mark.parametrize("name", ["", "giấy phép", "số 12.2024", "a.pdf.", "Giay.PDF", "x.y.pdf"])
def test_a_name_that_agrees_or_says_nothing_is_taken(name):
    assert what(pdf(), shown_name(name)) is MediaType.PDF


# -- what it is called


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Giấy phép.pdf", "Giấy phép.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\anh.jpg", "anh.jpg"),
        ("..", "tep"),
        ("/", "tep"),
        ("", "tep"),
        ("  .htaccess ", "htaccess"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("a\u200bb.pdf", "ab.pdf"),
        ("Gi\ufffdy ph\ufffdp.pdf", "Gi_y ph_p.pdf"),
        (normalize("NFD", "Giấy.pdf"), "Giấy.pdf"),
        ("Gi%E1%BA%A5y%20ph%C3%A9p.pdf", "Giấy phép.pdf"),
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("giảm 20%25.pdf", "giảm 20%25.pdf"),
        ("giam%FF.pdf", "giam%FF.pdf"),
        ("100%.pdf", "100%.pdf"),
        ("a %22b%22.pdf", 'a "b".pdf'),
        ("=?UTF-8?B?R2nhuqV5LnBkZg==?=", "Giấy.pdf"),
        ("=?utf-8?Q?Gi=E1=BA=A5y.pdf?=", "Giấy.pdf"),
        ("=?x-none?B?R2k=?=", "=?x-none?B?R2k=?="),
    ],
)
def test_a_name_is_shown_without_paths_and_invisible_marks(given, shown):
    assert shown_name(given) == shown


@pytest.mark.parametrize(
    "given", ["a%00.pdf", "a\x00.pdf", "a\r\nX-Header: 1.pdf", "a\tb", "a" * 301]
)
def test_a_name_that_cannot_be_shown_is_refused(given):
    with pytest.raises(Unprocessable) as refused:
        shown_name(given)
    assert [one.field for one in refused.value.fields] == ["file"]


def test_a_copy_is_saved_under_a_name_with_an_ending():
    assert name_to_save("số 12.2024", MediaType.PDF) == "số 12.2024.pdf"
    assert name_to_save("anh.jpeg", MediaType.JPEG) == "anh.jpeg"
    assert [claimed(name) for name in ("a.7z", "a.2024", "a.b c", "a.tar.GZ")] == [
        "7z", None, None, "gz",
    ]  # fmt: skip


# -- how it is shown


def test_a_picture_that_browsers_do_not_show_is_kept_and_shown_as_one_that_they_do(
    database, tri_ton
):
    file = FILES.put(io.BytesIO(heic()), "IMG_0001.HEIC")
    for _ in range(2):
        shown = FILES.shown(file.sha256)
        assert shown.file.media_type is MediaType.JPEG
        with Image.open(shown.content) as image:
            assert (image.format, image.size) == ("JPEG", (64, 48))
            red, green, blue = image.getpixel((30, 20))
            assert green > red + 80
            assert green > blue + 80
    assert FILES.open(file.sha256).content.read() == heic()
    assert len(kept(database)) == 2
    with entered(CHAU_DOC), pytest.raises(NotFound):
        FILES.shown(file.sha256)
    with entered(Scope("an-giang", "office", frozenset({"tri-ton"}))):
        assert FILES.shown(file.sha256).file == shown.file
    assert {tenant for tenant, _ in kept(database)} == {"tri-ton"}


def test_a_picture_that_does_not_open_is_given_as_it_came(database, tri_ton):
    file = FILES.put(io.BytesIO(boxed(b"heic")))
    assert FILES.shown(file.sha256).file == file
    assert len(kept(database)) == 1


def test_what_browsers_show_is_shown_as_it_is(database, tri_ton):
    file = FILES.put(io.BytesIO(picture("PNG")))
    assert FILES.shown(file.sha256).file == file
    assert len(kept(database)) == 1


# -- how it is kept


def test_a_file_is_read_as_it_was_put(database, tri_ton):
    content = pdf() + os.urandom(700_000)
    file = FILES.put(io.BytesIO(content), "Giấy phép.pdf")
    digest = hashlib.sha256(content).hexdigest()
    assert file == StoredFile(sha256=digest, size=len(content), media_type=MediaType.PDF)
    assert FILES.exists(digest)
    found = FILES.open(digest)
    assert (found.file, found.content.read()) == (file, content)
    found.content.seek(650_000)
    assert found.content.read(9) == content[650_000:650_009]


def test_the_same_bytes_are_kept_once_a_tenant(database, tri_ton):
    first = FILES.put(io.BytesIO(pdf()), "a.pdf")
    assert FILES.put(io.BytesIO(pdf()), "b") == first
    assert kept(database) == [("tri-ton", first.sha256)]
    with entered(CHAU_DOC):
        FILES.put(io.BytesIO(pdf()))
    assert kept(database) == [("chau-doc", first.sha256), ("tri-ton", first.sha256)]
    assert database["files.chunks"].count_documents({}) == 2


def kept(database: Any) -> list[tuple[str, str]]:
    rows = [row["metadata"] for row in database["files.files"].find()]
    return sorted((row["tenant"], row["sha256"]) for row in rows)


def test_another_tenant_does_not_learn_of_a_file(database, tri_ton):
    file = FILES.put(io.BytesIO(pdf()))
    with entered(CHAU_DOC):
        assert not FILES.exists(file.sha256)
        with pytest.raises(NotFound):
            FILES.open(file.sha256)
    with entered(Scope("an-giang", "office", frozenset({"tri-ton"}))):
        assert FILES.open(file.sha256).file == file
    with entered(Scope("an-giang", "office")), pytest.raises(NotFound):
        FILES.open(file.sha256)


def test_without_a_scope_there_are_no_files(database):
    with pytest.raises(LookupError):
        FILES.put(io.BytesIO(pdf()))
    with pytest.raises(LookupError):
        FILES.exists("0" * 64)


def test_of_several_that_put_the_same_at_once_one_is_kept_and_all_can_read_it(database, tri_ton):
    content, begin = pdf() + os.urandom(1_500_000), Barrier(6)

    def put() -> StoredFile:
        begin.wait()
        return FILES.put(io.BytesIO(content))

    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(copy_context().run, put) for _ in range(6)]
    (file,) = {future.result() for future in futures}
    assert kept(database) == [("tri-ton", file.sha256)]
    assert FILES.open(file.sha256).content.read() == content
    of = database["files.chunks"].distinct("files_id")
    assert of == [database["files.files"].find_one()["_id"]], "no piece of the others is left"


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", EmptyFile), (b"text", UnknownType), (pdf() + bytes(MAX_BYTES), FileTooLarge)],
)
def test_what_is_refused_leaves_nothing(database, tri_ton, content, problem):
    with pytest.raises(problem):
        FILES.put(io.BytesIO(content), "a.pdf")
    assert empty(database)


def empty(database: Any) -> bool:
    return not any(database[f"files.{name}"].count_documents({}) for name in ("files", "chunks"))


def test_25_mb_are_taken_and_not_a_byte_more(database, tri_ton):
    content = pdf().ljust(MAX_BYTES, b"\0")
    file = FILES.put(io.BytesIO(content))
    assert file.size == 26_214_400 == len(FILES.open(file.sha256).content.read())
    with pytest.raises(FileTooLarge):
        FILES.put(io.BytesIO(content + b"\0"))


def test_what_arrives_with_another_hash_is_refused(database, tri_ton):
    announced = hashlib.sha256(pdf()).hexdigest()
    with pytest.raises(Damaged):
        FILES.put(io.BytesIO(pdf("other")), "a.pdf", sha256=announced)
    assert empty(database)
    assert FILES.put(io.BytesIO(pdf()), "a.pdf", sha256=announced).sha256 == announced


class Breaking(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 2_000_000:
            raise ConnectionError("gone")
        return super().read(size)


def test_a_stream_that_breaks_off_leaves_nothing(database, tri_ton):
    with pytest.raises(ConnectionError):
        FILES.put(Breaking(pdf() + bytes(5_000_000)))
    assert empty(database)


def test_a_store_that_fails_in_between_leaves_nothing_visible(database, tri_ton):
    """The record is what makes a file of the pieces; here the store refuses it."""
    rule = {"metadata.refused": {"$exists": True}}
    database.command("collMod", "files.files", validator=rule)
    with pytest.raises(Exception, match="Document failed validation"):
        FILES.put(io.BytesIO(pdf()))
    assert empty(database)
    database.command("collMod", "files.files", validator={})
    file = FILES.put(io.BytesIO(pdf()))
    assert FILES.open(file.sha256).content.read() == pdf()


WRITING = """
import io, os, sys
from chassis.scope import Scope, entered
from chassis.store import documents
from chassis.store.files import Files
documents.connect(*sys.argv[1:])
with entered(Scope("tri-ton", "officer")):
    while True:
        Files().put(io.BytesIO(b"%PDF-" + os.urandom(20_000_000)))
"""


def orphaned(database: Any) -> set[Any]:
    """Ids of files of which there are pieces and no record."""
    return {*database["files.chunks"].distinct("files_id")} - {
        *database["files.files"].distinct("_id")
    }


@pytest.fixture
def killed(database, engines) -> Any:
    """The id of what a process was writing when it was killed."""
    for _ in range(20):
        command = [sys.executable, "-c", WRITING, engines.mongodb, database.name]
        with subprocess.Popen(command, cwd=ROOT) as process:
            until(lambda: orphaned(database), 30)
            process.kill()
        if left := orphaned(database):
            (id,) = left
            return id
    raise AssertionError("it was never killed while it wrote")


def test_what_a_killed_process_left_is_swept_by_who_writes_next(
    database, tri_ton, killed, monkeypatch
):
    assert [one["_id"] for one in database["files.under_way"].find()] == [killed]
    FILES.put(io.BytesIO(pdf("soon")))
    assert orphaned(database) == {killed}, "it may still be under way"
    monkeypatch.setattr(files, "LEFT_S", -60)
    content = pdf("later") + os.urandom(2_000_000)
    file = FILES.put(io.BytesIO(content))
    assert orphaned(database) == set()
    assert database["files.under_way"].count_documents({}) == 0
    assert FILES.open(file.sha256).content.read() == content


def test_what_was_left_without_a_mark_is_swept_when_the_store_is_prepared(
    database, tri_ton, killed, monkeypatch
):
    database["files.under_way"].delete_many({})
    whole = FILES.put(io.BytesIO(pdf("whole")))
    files.prepare()
    assert orphaned(database) == {killed}
    monkeypatch.setattr(files, "LEFT_S", -60)
    files.prepare()
    assert orphaned(database) == set()
    assert FILES.open(whole.sha256).content.read() == pdf("whole")


def test_who_writes_for_too_long_gives_up_before_it_is_swept(database, tri_ton, monkeypatch):
    monkeypatch.setattr(files, "GIVEN_UP_S", -1)
    with pytest.raises(Unavailable):
        FILES.put(io.BytesIO(pdf()))
    assert empty(database)
    assert database["files.under_way"].count_documents({}) == 0
    assert files.GIVEN_UP_S < files.LEFT_S
