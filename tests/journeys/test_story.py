"""The demonstration on a platform of the tests' own: three times in a row, all as told."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("time", [1, 2, 3])
def test_the_story_is_as_told(site, time):
    command = [
        sys.executable, "-m", "demo", "--gateway", site.url("gateway"),
        "--portal", site.url("portal"), "--site", str(site.folder),
    ]  # fmt: skip
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
