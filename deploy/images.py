"""Build every part's image from the one recipe, under the names and tags of deploy/k8s/base.

python -m deploy.images [--with "docker build"] [--base IMAGE] [PART ...]
"""

import argparse
import shlex
import subprocess
from pathlib import Path
from typing import Any

import yaml

from deploy.local.tree import ROOT, parts

BASE = Path("deploy", "k8s", "base", "kustomization.yaml")


def names(root: Path = ROOT) -> dict[str, str]:
    """Part to image, as the manifests name it."""
    images: list[dict[str, Any]] = yaml.safe_load((root / BASE).read_text())["images"]
    return {one["name"].removeprefix("ocop/"): f"{one['name']}:{one['newTag']}" for one in images}


def folders(root: Path = ROOT) -> dict[str, str]:
    return {part: module.replace(".", "/") for part, module in parts(root).items()}


def command(builder: str, part: str, base: str | None = None) -> list[str]:
    arguments = {"SERVICE": part, "FOLDER": folders()[part]} | ({"BASE": base} if base else {})
    told = [word for pair in arguments.items() for word in ("--build-arg", "=".join(pair))]
    recipe = ["-f", "deploy/Dockerfile", *told, "-t", names()[part]]
    return [*shlex.split(builder), *recipe, "."]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.images", description=__doc__)
    parser.add_argument("--with", dest="builder", default="docker build")
    parser.add_argument("--base", help="an image of Python 3.11 instead of the official one")
    parser.add_argument("parts", nargs="*", metavar="PART", help="all when left out")
    told = parser.parse_args()
    for part in told.parts or parts():
        subprocess.run(command(told.builder, part, told.base), cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
