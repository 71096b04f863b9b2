"""The Python files of the tree, parsed once for each check that asks."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOTS = ("chassis", "contracts", "rules", "services", "gateway", "portal", "demo", "deploy",
         "bench", "clients")  # fmt: skip


def python(root: Path, *folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders or ROOTS:
        for file in sorted((root / folder).rglob("*.py")):
            yield file.relative_to(root), ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of every module that is imported, at whatever depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
