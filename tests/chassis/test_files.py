"""What a file is, by its content; and how it is kept: once a tenant, whole or not at all."""

import hashlib
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any
from unicodedata import normalize

import pytest

from chassis.files import (
    MAX_BYTES,
    ClaimDiffers,
    Damaged,
    EmptyFile,
    FileTooLarge,
    MediaType,
    StoredFile,
    UnknownType,
    claimed,
    name_to_save,
    recognised,
    shown_name,
)
from chassis.problems import NotFound, Unprocessable
from chassis.scope import Scope, entered
from chassis.store.files import Files
from tests.files import boxed, docx, pdf, picture, unzipped, xlsx, zipped

FILES = Files()
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
        lambda: b" %PDF-1.4",
        lambda: b"MZ\x90\x00" + bytes(100),
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        lambda: picture("GIF"),
        lambda: b"RIFF\x24\x00\x00\x00WAVEfmt ",
        lambda: boxed(b"avif", b"mif1", b"miaf"),
        lambda: boxed(b"M4A ", b"mp42", b"isom"),
        lambda: boxed(b"qt  ", b"qt  "),
        lambda: b"\xff\xff\xff\xffftypqt  ",
        lambda: b"\x00\x00\x00\x00ftyp",
        lambda: zipped({"a.txt": b"a"}),
        lambda: zipped({"word/document.xml": b"<w/>"}),
        lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        _of_macros,
        lambda: _without("word/"),
        lambda: zipped(unzipped(docx()), b"a comment"),
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
    ],
)
def test_a_name_is_shown_without_paths_and_invisible_marks(given, shown):
    assert shown_name(given) == shown


@pytest.mark.parametrize("given", ["a\x00.pdf", "a\r\nX-Header: 1.pdf", "a\tb", "a" * 301])
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
