"""./ocop lint, test, lock."""

import os
import subprocess
import sys
from pathlib import Path

from rich.markup import escape

from deploy.local import checkout, operating, packages, running
from deploy.local.addresses import Addresses, given
from deploy.local.engines import fetching
from deploy.local.screen import console
from deploy.local.tree import ROOT

TOOLS = Path(sys.executable).parent
TARGET = ["--universal", "--python-version", "3.11", "--generate-hashes"]
# what would write an index's host down
SILENT = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]


def commands(root: Path, *, environments: bool = False) -> dict[str, list[str]]:
    """Every check of the tree, by name: each fails with what is wrong, and with nothing else."""
    checks = [sys.executable, "-m", "deploy.local.checks"]
    return {
        "ruff check": [str(TOOLS / "ruff"), "check", "--quiet", "--output-format", "concise"],
        "ruff format": [str(TOOLS / "ruff"), "format", "--check", "--quiet"],
        "mypy": [str(TOOLS / "mypy"), "--no-error-summary"],
        "import-linter": [str(TOOLS / "lint-imports"), "--cache-dir", ".ocop/import-linter"],
        "checks": [*checks, str(root), *(["--environments"] if environments else [])],
    }


def lint(root: Path = ROOT, *, environments: bool = False) -> int:
    """All checks at once; what each says is shown when it fails."""
    started = {
        name: subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for name, command in commands(root, environments=environments).items()
    }
    worst = 0
    for name, child in started.items():
        said, _ = child.communicate()
        console.print(f"{'✗' if child.returncode else '✓'} {name}")
        if child.returncode:
            console.print(escape(said.rstrip()))
            worst = 1
    return worst


def test(arguments: list[str]) -> int:
    """Without arguments everything, lint first; with arguments pytest alone, given these."""
    packages.ensure("test")
    worst = 0 if arguments else lint(environments=True)
    with checkout.alone():
        ours = running.start_engines(tied=True)
    try:
        environment = os.environ | operating.engine_addresses(engine_addresses())
        command = [sys.executable, "-m", "pytest", *arguments]
        sys.stdout.flush()
        ended = subprocess.run(command, cwd=ROOT, env=environment).returncode
    finally:
        for engine in checkout.engines():
            if engine.name in ours:
                engine.stop()
    return max(worst, ended)


def engine_addresses() -> Addresses:
    found = {name: a for engine in checkout.engines() for name, a in engine.addresses.items()}
    return Addresses.of(found | given())


def lock(*, upgrade: bool) -> None:
    """One resolution for everything; each part's file holds the same versions, its own only."""
    folder = ROOT / "requirements"
    everything = folder / "everything.txt"
    alone = ("everything", "uv")
    others = [file.stem for file in folder.glob("*.txt") if file.stem not in alone]
    for group in (*alone, *sorted(others)):
        command = [str(fetching.uv()), "pip", "compile", "--quiet", "--group", group, *TARGET]
        command += [*SILENT, "-o", str(folder / f"{group}.txt")]
        if group not in alone:
            command += ["-c", str(everything)]
        elif upgrade:
            command.append("--upgrade")
        subprocess.run(command, cwd=ROOT, check=True)
        console.print(f"✓ requirements/{group}.txt")
