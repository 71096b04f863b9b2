"""A marketplace's own program on the library: it counts what it is told, in the same file."""

import os
import sqlite3

from ocop_marketplace import Change, follow


def count(change: Change, db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE IF NOT EXISTS effects (sequence INTEGER, product TEXT)")
    db.execute("INSERT INTO effects VALUES (?, ?)", [change.sequence, change.listing["id"]])


if __name__ == "__main__":
    settings = {
        name: os.environ[f"OCOP_MARKETPLACE_{name.upper()}"]
        for name in ("stream", "api", "tenant", "store")
    }
    follow(**settings, told=count)
