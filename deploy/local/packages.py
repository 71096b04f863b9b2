"""Debian packages: packages.sh knows which, since ./ocop asks it before there is any Python."""

import subprocess
import sys

from deploy.local.tree import ROOT


def ensure(purpose: str) -> None:
    """Install what is missing as root; otherwise it has said what to do, and this ends."""
    script = ROOT / "deploy" / "local" / "packages.sh"
    ended = subprocess.run(["/bin/sh", str(script), purpose], cwd=ROOT).returncode
    if ended:
        sys.exit(ended)
