"""Files in the service's own database, by their SHA-256. A tenant's are its own: the same bytes in
two tenants are two files, and nobody learns that another has one.
"""

import hashlib
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from gridfs import GridFSBucket, GridOut
from gridfs.errors import FileExists
from mongoengine.connection import get_db

from chassis import scope
from chassis.files import MAX_BYTES, Damaged, EmptyFile, FileTooLarge, StoredFile, recognised
from chassis.problems import NotFound

BUCKET = "files"
PIECE = 2**20
IN_MEMORY = 2**20


class OpenFile(NamedTuple):
    """`content`: read piece by piece from the store, seekable."""

    file: StoredFile
    content: GridOut


class Files:
    """Nothing is visible before it is whole, and nothing is ever changed or overwritten.

    A file is put before the use case that refers to it, which may run several times.
    """

    def put(self, stream: IO[bytes], name: str = "", *, sha256: str = "") -> StoredFile:
        """Keep a file for the scope's tenant; what it has already is not kept twice.

        `name`: its ending has to agree with the content. `sha256`: what was announced, or Damaged.
        Raises EmptyFile, FileTooLarge, UnknownType, ClaimDiffers; nothing is kept then.
        """
        with SpooledTemporaryFile(IN_MEMORY) as whole:
            digest, size = _copied(stream, whole)
            if sha256 and digest != sha256:
                raise Damaged(sha256, digest)
            file = StoredFile(sha256=digest, size=size, media_type=recognised(whole, name))
            if _found(digest, {scope.current().tenant}) is None:
                _written(file, whole)
        return file

    def open(self, sha256: str) -> OpenFile:
        """One within the scope's reach."""
        found = _found(sha256, scope.current().reach)
        if found is None:
            raise NotFound("Không tìm thấy tệp.", "There is no such file.")
        media_type = found["metadata"]["media_type"]
        file = StoredFile(sha256=sha256, size=found["length"], media_type=media_type)
        return OpenFile(file, _bucket().open_download_stream(found["_id"]))

    def exists(self, sha256: str) -> bool:
        """Whether one within the scope's reach has it."""
        return _found(sha256, scope.current().reach) is not None


def prepare() -> None:
    """Of several that put the same bytes at once, one becomes the file."""
    get_db()[f"{BUCKET}.files"].create_index(
        [("metadata.sha256", 1), ("metadata.tenant", 1)], unique=True
    )


def _bucket() -> GridFSBucket:
    return GridFSBucket(get_db(), BUCKET)


def _found(sha256: str, tenants: frozenset[str] | set[str]) -> dict[str, Any] | None:
    wanted = {"metadata.sha256": sha256, "metadata.tenant": {"$in": sorted(tenants)}}
    found: dict[str, Any] | None = get_db()[f"{BUCKET}.files"].find_one(wanted)
    return found


def _copied(stream: IO[bytes], whole: IO[bytes]) -> tuple[str, int]:
    """Its hash and how many bytes it has."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise FileTooLarge
        digest.update(piece)
        whole.write(piece)
    if not size:
        raise EmptyFile
    return digest.hexdigest(), size


def _written(file: StoredFile, whole: IO[bytes]) -> None:
    """The pieces first, and at last the record by which they are found."""
    metadata = {
        "tenant": scope.current().tenant, "sha256": file.sha256, "media_type": file.media_type,
    }  # fmt: skip
    whole.seek(0)
    upload = _bucket().open_upload_stream(file.sha256, metadata=metadata)
    try:
        upload.write(whole)
        upload.close()
    except FileExists:  # another has just put the same
        upload.abort()
    except BaseException:
        upload.abort()
        raise
