"""What an operator is told when something cannot go on: both languages, and no traceback."""

from typing import Any

from deploy.local.tree import ROOT


class Failure(Exception):
    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")


def is_ours(file: Any) -> bool:
    """Whether this checkout keeps it."""
    return str(file).startswith(f"{ROOT}/.ocop")


def somebody_elses(file: Any) -> Failure:
    """The checkout belongs to another user."""
    return Failure(
        f"{file}: bản này của người dùng khác. Hãy dùng bản của mình: git clone {ROOT}",
        f"{file}: this checkout is another user's. Use one of your own: git clone {ROOT}",
    )
