"""Files in the service's own database, by their SHA-256. A tenant's are its own: the same bytes in
two tenants are two files, and nobody learns that another has one.
"""

import hashlib
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from bson import ObjectId
from gridfs import GridFSBucket, GridOut
from gridfs.errors import FileExists
from mongoengine.connection import get_db

from chassis import opening, scope
from chassis.files import BrokenFile, Damaged, MediaType, StoredFile, check_size, recognised
from chassis.problems import NotFound, Unavailable

BUCKET = "files"
PIECE = 2**20
IN_MEMORY = 2**20
GIVEN_UP_S, LEFT_S = 300, 600
"""Who writes a file gives it up after the one; what is older than the other nobody writes any more:
the clocks of two machines may differ by what lies between."""


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
            tenant = scope.current().tenant
            if _found(digest, {tenant}) is None:
                _written(file, whole, tenant)
        return file

    def open(self, sha256: str) -> OpenFile:
        """One within the scope's reach."""
        return _opened(_there(sha256))

    def shown(self, sha256: str) -> OpenFile:
        """The file as a browser shows it. Of a picture that none shows a form is made when it is
        first looked at, and kept beside it; one that does not open is given as it is."""
        found = _there(sha256)
        if found["metadata"]["media_type"] not in opening.NOT_SHOWN:
            return _opened(found)
        try:
            return _opened(_shown_of(found) or _made_of(found))
        except BrokenFile:
            return _opened(found)

    def exists(self, sha256: str) -> bool:
        """Whether one within the scope's reach has it."""
        return _found(sha256, scope.current().reach) is not None


def prepare() -> None:
    """Of several that put the same bytes at once, one becomes the file. Pieces are swept that no
    file has and nobody writes any more."""
    files, pieces = get_db()[f"{BUCKET}.files"], get_db()[f"{BUCKET}.chunks"]
    files.create_index([("metadata.sha256", 1), ("metadata.tenant", 1)], unique=True)
    files.create_index("metadata.shows", sparse=True)
    pieces.create_index([("files_id", 1), ("n", 1)], unique=True)
    left = pieces.aggregate(
        [{"$match": {"files_id": {"$lt": _left()}}}, {"$group": {"_id": "$files_id"}}]
    )
    _sweep(one["_id"] for one in left)


def _left() -> ObjectId:
    """An id tells when it was made."""
    return ObjectId.from_datetime(datetime.now(UTC) - timedelta(seconds=LEFT_S))


def _sweep(ids: Iterable[ObjectId]) -> None:
    """A process that was killed while it wrote left pieces, and no record by which to find them."""
    for id in ids:
        if get_db()[f"{BUCKET}.files"].find_one({"_id": id}, {"_id": True}) is None:
            get_db()[f"{BUCKET}.chunks"].delete_many({"files_id": id})
        _under_way().delete_one({"_id": id})


def _under_way() -> Any:
    """Ids of what is being written, or was when its process ended."""
    return get_db()[f"{BUCKET}.under_way"]


def _bucket() -> GridFSBucket:
    return GridFSBucket(get_db(), BUCKET)


def _found(sha256: str, tenants: frozenset[str] | set[str]) -> dict[str, Any] | None:
    wanted = {"metadata.sha256": sha256, "metadata.tenant": {"$in": sorted(tenants)}}
    found: dict[str, Any] | None = get_db()[f"{BUCKET}.files"].find_one(wanted)
    return found


def _there(sha256: str) -> dict[str, Any]:
    """The record of one within the scope's reach."""
    found = _found(sha256, scope.current().reach)
    if found is None:
        raise NotFound("Không tìm thấy tệp.", "There is no such file.")
    return found


def _opened(found: dict[str, Any]) -> OpenFile:
    said = found["metadata"]
    file = StoredFile(sha256=said["sha256"], size=found["length"], media_type=said["media_type"])
    return OpenFile(file, _bucket().open_download_stream(found["_id"]))


def _shown_of(found: dict[str, Any]) -> dict[str, Any] | None:
    said = found["metadata"]
    wanted = {"metadata.shows": said["sha256"], "metadata.tenant": said["tenant"]}
    shown: dict[str, Any] | None = get_db()[f"{BUCKET}.files"].find_one(wanted)
    return shown


def _made_of(found: dict[str, Any]) -> dict[str, Any]:
    said = found["metadata"]
    made = opening.as_shown(_opened(found).content.read(), MediaType(said["media_type"]))
    with SpooledTemporaryFile(IN_MEMORY) as whole:
        digest, size = _copied(BytesIO(made), whole)
        file = StoredFile(sha256=digest, size=size, media_type=MediaType.JPEG)
        _written(file, whole, said["tenant"], shows=said["sha256"])
    kept = _found(digest, {said["tenant"]})
    assert kept is not None, "files stay"
    return kept


def _copied(stream: IO[bytes], whole: IO[bytes]) -> tuple[str, int]:
    """Its hash and how many bytes it has."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        size += len(piece)
        check_size(size)
        digest.update(piece)
        whole.write(piece)
    check_size(size)
    return digest.hexdigest(), size


def _written(file: StoredFile, whole: IO[bytes], tenant: str, **more: str) -> None:
    """The pieces first, and at last the record by which they are found. Whoever writes sweeps what
    another left that was killed in between."""
    metadata = {"tenant": tenant, "sha256": file.sha256, "media_type": file.media_type} | more
    _sweep([one["_id"] for one in _under_way().find({"_id": {"$lt": _left()}})])
    whole.seek(0)
    begun = time.monotonic()
    upload = _bucket().open_upload_stream(file.sha256, metadata=metadata)
    _under_way().insert_one({"_id": upload._id})
    try:
        upload.write(whole)
        if time.monotonic() - begun > GIVEN_UP_S:
            raise Unavailable("Kho tệp quá chậm. Mời gửi lại.", "The store of files is too slow.")
        upload.close()
    except FileExists:  # another has just put the same
        upload.abort()
    except BaseException:
        upload.abort()
        _under_way().delete_one({"_id": upload._id})
        raise
    _under_way().delete_one({"_id": upload._id})
