"""Reads the data files: every scalar is text, and a key written twice is an error, not the last."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


class _Loader(yaml.CBaseLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"{node.start_mark.name}: written twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep=deep)


def read(file: Path) -> Any:
    with file.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=_Loader)  # noqa: S506 - builds nothing but text
