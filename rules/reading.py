"""Reads the data files. A key written twice is an error there, and not won by the last."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from rules.product_sets import Label

DATA = Path(__file__).parent / "data"


class _Text(yaml.CBaseLoader):
    """Every scalar is text: a criterion's code 1.10 is no number."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        _once(node)
        return super().construct_mapping(node, deep=deep)


class _Typed(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        _once(node)
        return super().construct_mapping(node, deep=deep)


def text(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Text)  # noqa: S506 - a BaseLoader


def typed(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Typed)  # noqa: S506 - a SafeLoader


def label(pair: str) -> Label:
    """Of "Vietnamese | English"."""
    vi, english, en = pair.partition(" | ")
    if not english:
        raise ValueError(f"not Vietnamese | English: {pair}")
    return Label(vi, en)


def _once(node: yaml.MappingNode) -> None:
    keys = [key.value for key, _ in node.value]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"line {node.start_mark.line + 1}: written twice: {', '.join(twice)}")
