"""What is missing is said in one command. The machine's own packages count as they are."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.tree import ROOT


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A path with nothing but a Python that lacks venv, for somebody who is not root."""
    stubs = {
        "id": "echo 1000",
        "python3": "exit 1",
        "grep": 'exec /bin/grep "$@"',
        "ls": "exit 1",
    }
    for name, body in stubs.items():
        stub = tmp_path / name
        stub.write_text(f"#!/bin/sh\n{body}\n")
        stub.chmod(0o755)
    return {"PATH": str(tmp_path)}


def missing(purpose: str, environment: dict[str, str]) -> list[str]:
    script = str(ROOT / "deploy" / "local" / "packages.sh")
    done = subprocess.run(
        ["/bin/sh", script, purpose], env=environment, capture_output=True, text=True
    )
    commands = [line for line in done.stderr.splitlines() if "apt-get install" in line]
    assert (done.returncode, len(commands)) == (1, 1)
    return commands[0].split("--no-install-recommends ")[1].split()


def test_run_names_all_it_needs_at_once(bare: dict[str, str]) -> None:
    named = missing("run", bare)
    assert {"python3-venv", "openjdk-17-jre-headless", "maven"} <= set(named)
    assert "chromium" not in named


def test_only_the_tests_need_a_browser(bare: dict[str, str]) -> None:
    assert missing("test", bare)[-1] == "chromium"


def test_an_engine_that_is_elsewhere_needs_no_package(bare: dict[str, str]) -> None:
    named = missing("run", bare | {"OCOP_ELASTICSEARCH": "http://es.example:9200"})
    assert {"maven", "openjdk-17-jre-headless"}.isdisjoint(named)


def test_other_commands_need_python_alone(bare: dict[str, str]) -> None:
    assert missing("status", bare) == ["python3-venv"]


def test_nothing_is_said_where_nothing_is_missing() -> None:
    script = str(ROOT / "deploy" / "local" / "packages.sh")
    done = subprocess.run(
        ["/bin/sh", script, "status"],
        env={"PATH": "/usr/bin:/bin", "OCOP_PYTHON": sys.executable},
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
