"""Every module of a part imports in an environment made from that part's requirements alone.

Only what its image holds is to be seen: chassis, contracts, rules and its own folder. Workers are
imported in a process of their own, patched first, as they run.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.checks import declared
from deploy.local.engines import fetching

PATCHED = "chassis.worker.patched"
IMPORT = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
failures = 0
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failures += 1
        print(f"{name}: {type(error).__name__}: {error}")
sys.exit(failures > 0)
"""


def violations(root: Path) -> list[str]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda pair: list(alone(root, *pair)), declared.folders(root).items())
    return [line for lines in found for line in lines]


def alone(root: Path, group: str, folder: str) -> Iterator[str]:
    python = environment(root, group)
    with tempfile.TemporaryDirectory() as scene:
        lay_out(root, folder, Path(scene))
        names = modules(root, folder)
        workers = [name for name in names if ".entrypoints.worker" in name]
        others = [name for name in names if name not in workers]
        for wanted in (others, [PATCHED, *workers] if workers else []):
            command = [str(python), "-I", "-c", IMPORT, scene, *wanted]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                yield from (f"alone in its environment: {x}" for x in done.stdout.splitlines())
                yield from done.stderr.splitlines()[-3:]


def environment(root: Path, group: str) -> Path:
    """Kept between runs; the stamp is a copy of the requirements it was made from."""
    wanted = (root / "requirements" / f"{group}.txt").read_text()
    place = root / ".ocop" / "environments" / group
    stamp, python = place / "stamp", place / "bin" / "python"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    uv = str(fetching.uv())
    subprocess.run([uv, "venv", "--quiet", "--clear", "-p", sys.executable, place], check=True)
    sync = [uv, "pip", "sync", "--quiet", "--strict", "--require-hashes", "--python", str(python)]
    subprocess.run([*sync, str(root / "requirements" / f"{group}.txt")], check=True)
    stamp.write_text(wanted)
    return python


def lay_out(root: Path, folder: str, scene: Path) -> None:
    for shared in () if folder == declared.CLIENT else declared.SHARED:
        (scene / shared).symlink_to(root / shared)
    place = scene / declared.imported_as(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.parent != scene:
        (place.parent / "__init__.py").touch()
    place.symlink_to(root / folder)


def modules(root: Path, folder: str) -> list[str]:
    # not pkgutil.walk_packages: it passes over a package that it cannot import
    package = declared.imported_as(folder).replace("/", ".")
    files = (file.relative_to(root / folder) for file in (root / folder).rglob("*.py"))
    names = (".".join((package, *file.with_suffix("").parts)) for file in files)
    return sorted(name.removesuffix(".__init__") for name in names)
