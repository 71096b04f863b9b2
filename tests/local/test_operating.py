import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from chassis.tokens import Role
from deploy.local import checkout, operating
from deploy.local.engines.elasticsearch import Elasticsearch
from deploy.local.failure import Failure
from deploy.local.operating import refuse_unknown, seconds
from tests.local.test_addresses import ELSEWHERE

ROOT = Path(__file__).parents[2]


def ocop(*arguments: str) -> tuple[int, str]:
    """What ./ocop says and how it ends, its environment being there."""
    command = [sys.executable, "-m", "deploy.local", *arguments]
    wide = os.environ | {"COLUMNS": "100"}
    done = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("said", "meant"), [("30s", 30), ("15m", 900), ("1h", 3600), ("2d", 172800), ("30d", 2592000)]
)
def test_a_duration_is_read(said: str, meant: int) -> None:
    assert seconds(said) == meant


@pytest.mark.parametrize("said", ["", "1", "h", "-1h", "1w", "1.5h"])
def test_what_is_no_duration_is_refused(said: str) -> None:
    with pytest.raises(Failure, match="is no duration"):
        seconds(said)


@pytest.mark.parametrize("said", ["0s", "0d", "31d", "2592001s"])
def test_a_token_of_no_time_or_of_months_is_refused(said: str) -> None:
    with pytest.raises(Failure, match="from 1s to 30d"):
        seconds(said)


def test_a_token_for_nobody_is_refused_with_who_there_is() -> None:
    refuse_unknown("tri-ton", ["administrator", "officer"])
    with pytest.raises(Failure, match=r"an-giang, .*tri-ton"):
        refuse_unknown("an-gian", [])
    with pytest.raises(Failure, match="no role admin; there are: administrator, officer, super"):
        refuse_unknown("an-giang", ["officer", "admin"])


def test_the_help_names_every_role() -> None:
    assert ", ".join(Role) in ocop("token", "--help")[1]


@pytest.mark.parametrize("group", ["partner", "dead-letters", "catalog"])
def test_a_group_alone_shows_its_commands_once_as_a_person_calls_them(group: str) -> None:
    code, said = ocop(group)
    assert code == 2
    assert said.count("Usage:") == 1
    assert f"Usage: ./ocop {group} " in said


def test_the_search_index_is_rebuilt_and_checked_and_no_more() -> None:
    said = ocop("catalog")[1]
    known = ("rebuild", "check", "partner", "topology", "prepare")
    assert [name for name in known if name in said] == ["rebuild", "check"]


@pytest.mark.parametrize("command", ["demo", "bench", "topology", "import", "dead-letters replay"])
def test_help_shows_what_a_person_gives(command: str) -> None:
    code, said = ocop(*command.split(), "--help")
    assert code == 0
    assert said.count("Usage:") == 1
    assert f"Usage: ./ocop {command} " in said
    assert not [option for option in ("--gateway", "--portal", "--site") if option in said]


@pytest.mark.parametrize(
    "command",
    [
        lambda: operating.call("catalog", "check"),
        lambda: operating.call_each("topology"),
        lambda: operating.letters("show", "x", handle="x", service=None),
        operating.demo,
    ],
    ids=["catalog", "topology", "dead-letters", "demo"],
)
def test_a_platform_that_does_not_run_is_told_as_such(
    command: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "STATE", tmp_path)
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failure, match=r"does not run: \./ocop run"):
        command()


def test_an_engine_of_ours_that_is_away_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "STATE", tmp_path)
    monkeypatch.setattr(checkout, "data", lambda: tmp_path)
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OCOP_ELASTICSEARCH")
    (tmp_path / "elasticsearch").mkdir()
    (tmp_path / "elasticsearch" / "ports.json").write_text(
        json.dumps(Elasticsearch.preferred_ports)
    )
    ourselves = [os.getpid(), psutil.Process().create_time()]  # in supervisord's place
    (tmp_path / "supervisord.started").write_text(json.dumps(ourselves))
    with pytest.raises(Failure, match=r"Elasticsearch does not run: \./ocop run"):
        operating.call("catalog", "check")
