"""Every distribution that a part's files import is declared by its group, not merely present."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from deploy.local import tree
from deploy.local.checks import files

SHARED = ("chassis", "contracts", "rules")
CLIENT = "clients/marketplace/ocop_marketplace"


def violations(root: Path) -> Iterator[str]:
    groups = tomllib.loads((root / "pyproject.toml").read_text())["dependency-groups"]
    provides = packages_distributions()
    for group, folder in folders(root).items():
        if group not in groups or not (root / "requirements" / f"{group}.txt").exists():
            yield f"pyproject.toml: no group for {group}, or not locked: ./ocop lock"
            continue
        allowed = declared(groups, group)
        own = {*sys.stdlib_module_names, *SHARED, imported_as(folder).split("/")[0]}
        for file, parsed in files.python(root, folder):
            for line, module in files.imported(parsed):
                name = module.split(".")[0]
                if name in own or {canonical(d) for d in provides.get(name, [])} & allowed:
                    continue
                yield f"{file}:{line}: imports {name}, which the group {group} does not declare"


def folders(root: Path) -> dict[str, str]:
    """Each part that has requirements of its own, and its folder."""
    parts = {part: module.replace(".", "/") for part, module in tree.parts(root).items()}
    return parts | {"marketplace": CLIENT}


def imported_as(folder: str) -> str:
    """A part's path is its import path, save the client's, which stands alone."""
    return Path(CLIENT).name if folder == CLIENT else folder


def declared(groups: dict[str, list[Any]], group: str) -> set[str]:
    names: set[str] = set()
    for item in groups[group]:
        if isinstance(item, dict):
            names |= declared(groups, item["include-group"])
        else:
            names.add(canonical(item))
    return names


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", name.group() if name else requirement).lower()
