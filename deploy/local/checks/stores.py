"""Writing goes through the unit of work, reading through a repository bound to the caller's scope.

Document.save() overwrites silently and writes a list field whole; a raw collection knows no scope.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from deploy.local.checks import files

PLATFORM = ("chassis", "contracts", "rules", "services", "gateway", "portal", "demo", "bench")
RAW = {"_get_collection", "_get_db", "get_db", "get_collection", "get_database", "exec_js"}
DRIVERS = ("pymongo", "gridfs", "bson")


def violations(root: Path) -> Iterator[str]:
    for file, tree in files.python(root, *PLATFORM):
        saved = saving_calls(tree)
        yield from (f"{file}:{line}: Document.save() is banned; see docs" for line in saved)
        if not may_be_raw(file):
            yield from (f"{file}:{line}: {what} outside adapters" for line, what in raw(tree))


def may_be_raw(file: Path) -> bool:
    """chassis, each service's adapters, and measurements, which compare with the bare engine."""
    parts = file.parts
    return parts[0] in ("chassis", "bench") or (
        parts[0] == "services" and parts[2:3] == ("adapters",)
    )


def saving_calls(tree: ast.Module) -> list[int]:
    """A document's save takes no positional argument; a workbook's or a picture's takes a file."""
    to_a_file = {
        id(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and not _is_class(node.func)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "save" and id(node) not in to_a_file
    ]


def _is_class(function: ast.expr) -> bool:
    """Producer.save(producer) is the same call in another dress."""
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id[:1].isupper()


def raw(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for line, module in files.imported(tree):
        if module.split(".")[0] in DRIVERS:
            yield line, f"import of {module}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in RAW:
            yield node.lineno, f"raw collection ({node.attr})"
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name in RAW:
                    yield node.lineno, f"raw collection ({alias.name})"
