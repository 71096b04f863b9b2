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
        stub(tmp_path, name, body)
    return {"PATH": str(tmp_path)}


def stub(folder: Path, name: str, body: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


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
    assert {"python3-venv", "default-jre-headless", "maven"} <= set(named)
    assert "chromium" not in named


def test_only_the_tests_need_a_browser(bare: dict[str, str]) -> None:
    assert missing("test", bare)[-1] == "chromium"


def test_an_engine_that_is_elsewhere_needs_no_package(bare: dict[str, str]) -> None:
    named = missing("run", bare | {"OCOP_ELASTICSEARCH": "http://es.example:9200"})
    assert {"maven", "default-jre-headless"}.isdisjoint(named)


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


@pytest.mark.parametrize(
    ("release", "wanted"),
    [("11.0.2", True), ("17.0.15", False), ("17-ea", False), ("21.0.13", False), ("1.8.0", True)],
)
def test_any_java_from_17_up_that_the_machine_has_will_do(
    bare: dict[str, str], tmp_path: Path, release: str, wanted: bool
) -> None:
    home = tmp_path / "jvm"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch(mode=0o755)
    (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{release}"\n')
    stub(tmp_path, "ls", f"echo {home}")
    assert ("default-jre-headless" in missing("run", bare)) is wanted


def test_the_oldest_java_that_is_new_enough_is_asked_for(
    bare: dict[str, str], tmp_path: Path
) -> None:
    offered = [f"openjdk-{number}-jre-headless - a runtime" for number in (25, 11, 21)]
    stub(tmp_path, "apt-cache", "\n".join(f"echo '{line}'" for line in offered))
    for tool in ("cut", "sort"):
        stub(tmp_path, tool, f'exec /usr/bin/{tool} "$@"')
    assert "openjdk-21-jre-headless" in missing("run", bare)
