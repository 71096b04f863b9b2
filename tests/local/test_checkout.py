"""One checkout, one user, one command at a time."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOLDING = """
import sys
from deploy.local import checkout
from pathlib import Path
checkout.STATE = Path(sys.argv[1])
with checkout.alone():
    print("in", flush=True)
    sys.stdin.read()
"""


def test_who_waits_for_another_command_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "run")]

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    with start() as first:
        assert first.stdout
        assert first.stdout.readline() == "in\n"
        with start() as second:
            assert second.stdout
            assert "waiting for another ./ocop" in second.stdout.readline()
            first.communicate()
            assert second.stdout.readline() == "in\n"
            second.communicate()


@pytest.fixture
def foreign() -> Iterator[Path]:
    """A checkout in a place that everybody may read, without an environment yet."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    for file in ("ocop", "requirements/everything.txt", "deploy/local/packages.sh"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, root / file)
    (root / ".ocop").mkdir(mode=0o555)
    yield root
    (root / ".ocop").chmod(0o755)
    shutil.rmtree(root)


def test_another_users_checkout_is_told_as_such(foreign: Path) -> None:
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    command = [*(nobody if os.getuid() == 0 else []), str(foreign / "ocop"), "status"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)
    assert done.returncode == 1
    assert [line.startswith("ocop: ") for line in done.stderr.splitlines()] == [True, True]
    assert "this checkout is another user's" in done.stderr
