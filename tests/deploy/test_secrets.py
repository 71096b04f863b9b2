import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import yaml

from deploy.k8s import secrets


def test_a_later_run_makes_the_same(tmp_path: Path) -> None:
    assert secrets.manifests(tmp_path) == secrets.manifests(tmp_path)


def test_another_folder_has_other_secrets(tmp_path: Path) -> None:
    one, two = secrets.manifests(tmp_path / "one"), secrets.manifests(tmp_path / "two")
    for left, right in zip(one, two, strict=True):
        assert left["metadata"] == right["metadata"]
        for key in left["stringData"].keys() - {"former-certificates.jwks"}:  # none was before
            assert left["stringData"][key] != right["stringData"][key]


def test_what_is_kept_can_be_read_by_its_user_alone(tmp_path: Path) -> None:
    secrets.manifests(tmp_path / "kept")
    kept = list((tmp_path / "kept").iterdir())
    assert {file.stat().st_mode & 0o077 for file in kept} == {0}


def test_no_secret_of_the_cluster_signs_the_tokens_of_callers(tmp_path: Path) -> None:
    told = json.dumps(secrets.manifests(tmp_path))
    private = json.loads((tmp_path / "issuer.jwk").read_text())["d"]
    assert private not in told


def test_evaluation_has_its_key_and_the_gateway_its_public_half_alone(tmp_path: Path) -> None:
    found = secrets.processes(tmp_path)
    key = json.loads(found["evaluation"]["evaluation.jwk"])
    _people, evaluation = json.loads(found["gateway"]["issuers.json"])
    (known,) = evaluation["jwks"]["keys"]
    assert (known["x"], evaluation["roles"]) == (key["x"], ["package-reader"])
    others = {name: values for name, values in found.items() if name != "evaluation"}
    assert key["d"] not in json.dumps(others)


def test_with_another_seal_the_one_before_verifies_by_its_public_half(tmp_path: Path) -> None:
    before = json.loads(secrets.processes(tmp_path)["evaluation"]["certificates.jwk"])
    command = [sys.executable, "-m", "deploy.k8s.secrets", str(tmp_path), "--change-seal"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = {one["metadata"]["name"]: one["stringData"] for one in yaml.safe_load_all(told)}
    seals = json.loads(found["evaluation"]["certificates.jwk"])
    (former,) = json.loads(found["evaluation"]["former-certificates.jwks"])["keys"]
    assert (former["kid"], former["x"]) == (before["kid"], before["x"])
    assert (seals["kid"], seals["x"] != before["x"]) == ("ocop-certificates-2", True)
    assert before["d"] not in told
    assert found["evaluation"] == secrets.processes(tmp_path)["evaluation"]


def test_rabbitmq_finds_the_password_that_the_processes_use(tmp_path: Path) -> None:
    user = secrets.definitions(tmp_path)["users"][0]
    stored = base64.b64decode(user["password_hash"])
    salt, hashed = stored[:4], stored[4:]
    plain = (tmp_path / "rabbitmq.password").read_text()
    assert hashlib.sha256(salt + plain.encode()).digest() == hashed
    address = secrets.processes(tmp_path)["dossier"]["rabbitmq"]
    assert address == f"amqp://ocop:{plain}@rabbitmq:5672/ocop"
