import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from chassis.tokens import GATEWAY, PEOPLES, Role, Signer, Verifier
from contracts.person import Person
from deploy.local import checkout, operating
from deploy.local.engines.elasticsearch import Elasticsearch
from deploy.local.failure import Failure
from deploy.local.keys import EVALUATION, Keys
from deploy.local.operating import refuse_broken, refuse_unknown, seconds
from deploy.local.site import Site
from tests.local.test_addresses import ELSEWHERE
from tests.sites import addresses

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
    said = " ".join(ocop("token", "--help")[1].replace("│", " ").split())
    assert ", ".join(PEOPLES) in said


def test_no_person_is_a_service() -> None:
    with pytest.raises(Failure, match="no role package-reader"):
        refuse_unknown("an-giang", ["package-reader"])


def test_a_broken_phone_or_address_is_not_signed() -> None:
    refuse_broken({"phone": "+84 901 234 567", "email": None})
    with pytest.raises(Failure, match="This is not right: --phone '113', --email 'nobody'"):
        refuse_broken({"phone": "113", "email": "nobody"})


def test_another_seal_is_in_use_after_the_next_run(
    engines: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = Site(tmp_path, addresses(engines))
    monkeypatch.setattr(checkout, "site", lambda: site)
    assert operating.change_seal() == site.keys.seal == "ocop-certificates-2"
    former = json.loads(site.keys.former_certificates.read_text())["keys"]
    assert [(one["kid"], "d" in one) for one in former] == [("ocop-certificates", False)]
    assert operating.change_seal() == "ocop-certificates-3"
    assert len(json.loads(site.keys.former_certificates.read_text())["keys"]) == 2
    kept = (site.keys.certificates, site.keys.former_certificates)
    assert [file.stat().st_mode & 0o777 for file in kept] == [0o600] * 2


def test_a_token_says_whose_it_is(
    engines: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = Site(tmp_path, addresses(engines))
    monkeypatch.setattr(checkout, "site", lambda: site)
    token = operating.token(
        "tinh-mau", ["commune-officer"], "chị Tư", "1h",
        phone="+84 901 234 567", email=None, name="Nguyễn Thị Tư", unit="xã Mẫu",
    )  # fmt: skip
    caller = Verifier.read(site.keys.callers_issuers, GATEWAY).verified(token)
    assert caller.tenant == "tinh-mau"
    assert caller.person == Person(
        id="chị Tư", name="Nguyễn Thị Tư", phone="0901234567", unit="xã Mẫu",
        roles=frozenset({"commune-officer"}),
    )  # fmt: skip


def test_the_gateway_believes_people_and_services_each_in_their_roles(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.make()
    door = Verifier.read(keys.callers_issuers, GATEWAY)
    roles: list[str] = [*Role]
    token = keys.token(tenant="an-giang", roles=roles, subject="x", seconds=60)
    assert door.verified(token).roles == set(PEOPLES)
    evaluation = Signer.read(EVALUATION, keys.evaluation)
    assert door.verified(evaluation.package_reader("an-giang")).roles == {"package-reader"}
    theirs = evaluation.signed(
        audience=GATEWAY, subject="x", tenant="an-giang", roles=roles, seconds=60
    )
    assert door.verified(theirs).roles == {"package-reader"}
    private = {json.loads(file.read_text())["d"] for file in tmp_path.glob("*.jwk")}
    assert len(private) == 4
    told = keys.callers_issuers.read_text() + keys.services_issuers.read_text()
    assert not [one for one in private if one in told]


@pytest.mark.parametrize("group", ["partner", "dead-letters", "catalog", "mails"])
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
