"""Every folder of the tree is a package: import-linter passes over one without __init__.py."""

from collections.abc import Iterator
from pathlib import Path

from deploy.local.checks.files import ROOTS

APART = ("clients",)  # with a layout of their own


def violations(root: Path) -> Iterator[str]:
    for top in ROOTS:
        if top in APART:
            continue
        holding = {parent for file in (root / top).rglob("*.py") for parent in file.parents}
        for folder in sorted(holding - {root, *root.parents}):
            if not (folder / "__init__.py").exists():
                yield f"{folder.relative_to(root)}: no __init__.py"
