"""Which processes there are: read from the tree, so that none can be forgotten."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOORS = ("gateway", "portal")
KINDS = ("http", "worker", "job")  # cli is an operator's command, no process
SOURCES = ("chassis", "contracts", "rules", "services", *DOORS, "deploy/tenants")


@dataclass(frozen=True)
class Process:
    part: str
    """dossier, gateway ..."""
    module: str
    """services.dossier, gateway ..."""
    kind: str

    @property
    def name(self) -> str:
        return self.part if self.part in DOORS else f"{self.part}-{self.kind}"


def parts(root: Path = ROOT) -> dict[str, str]:
    """Every part's name and import path: the services, then the doors."""
    services = sorted(f.name for f in (root / "services").iterdir() if (f / "entrypoints").is_dir())
    doors = [door for door in DOORS if (root / door / "entrypoints").is_dir()]
    return {name: f"services.{name}" for name in services} | {name: name for name in doors}


def has(root: Path, module: str, kind: str) -> bool:
    place = root.joinpath(*module.split("."), "entrypoints", kind)
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def processes(root: Path = ROOT) -> list[Process]:
    return [
        Process(part, module, kind)
        for part, module in parts(root).items()
        for kind in KINDS
        if has(root, module, kind)
    ]


def commands(root: Path = ROOT) -> dict[str, str]:
    """The parts that have operator's commands."""
    return {part: module for part, module in parts(root).items() if has(root, module, "cli")}


def fingerprint(root: Path = ROOT) -> str:
    """Changes with any file that a process reads when it starts."""
    digest = hashlib.sha256()
    for source in SOURCES:
        for file in sorted((root / source).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def is_command(root: Path, package: str) -> bool:
    """Whether `python -m` can run it: demo and bench."""
    return (root / package / "__main__.py").exists()
