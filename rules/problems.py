"""What is wrong with what somebody gave, in words for people; a service answers it as a problem."""

from typing import NamedTuple


class Found(NamedTuple):
    """`kind` for programs; `field` is the path in what was given; `criterion` its code, if any."""

    kind: str
    field: str
    vi: str
    en: str
    criterion: str | None = None


class Wrong(Exception):
    def __init__(self, *found: Found) -> None:
        super().__init__("; ".join(f"{one.field}: {one.en}" for one in found))
        self.found = found
