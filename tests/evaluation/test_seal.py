"""The seal on certificates, as others check it; and changed, with all of before still genuine."""

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from chassis.tokens import new_key
from deploy.local.keys import Keys
from services.evaluation.adapters.signatures import Seal
from services.evaluation.domain.certificates import Certificate
from services.evaluation.entrypoints.http import create_app
from tests.conftest import ROOT
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, keep, ok
from tests.evaluation.test_certificates import GRANT

CHECKS, KEYS = "/certificate-checks?number=", "/certificate-keys"
RECIPE = ROOT / "docs" / "integration" / "certificates.md"
PLATFORM = "https://ocop.example"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    made = Keys(tmp_path)
    made.make()
    return made


@pytest.fixture
def opened(served: Any, issuer: Any, keys: Keys) -> Any:
    """The doors of a process that is started now, with the keys of this moment."""

    def start() -> Caller:
        app = served(
            "evaluation", create_app, LOG_LEVEL="error", PUBLIC_GATEWAY=PLATFORM,
            CERTIFICATE_KEY=str(keys.certificates),
            FORMER_CERTIFICATE_KEYS=str(keys.former_certificates),
        )  # fmt: skip
        return Caller(app, issuer)

    return start


def certified(door: Caller, number: str = "12/QĐ-UBND") -> dict[str, Any]:
    """What anybody is told of a certificate that is issued now."""
    decision = Meeting.of(door).scored(72, 74).close().approve().decide(number)
    return ok(door.get(CHECKS + decision["products"][0]["certificate_number"]))


def key_of(door: Caller, signature: str) -> dict[str, Any]:
    kid = jwt.get_unverified_header(signature)["kid"]
    (found,) = [one for one in ok(door.get(KEYS))["keys"] if one["kid"] == kid]
    return dict(found)


def by_openssl(signature: str, x: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """As the documentation says it."""
    (recipe,) = re.findall(r"```sh\n(.*?)```", RECIPE.read_text(encoding="utf-8"), re.DOTALL)
    told = {"PATH": "/usr/bin:/bin", "SIGNATURE": signature, "X": x}
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", recipe], cwd=folder, env=told, capture_output=True, text=True
    )


def test_the_header_has_the_name_that_all_know_and_the_keys_say_what_they_are_for(opened):
    door = opened()
    header = jwt.get_unverified_header(certified(door)["signature"])
    assert header == {"alg": "EdDSA", "kid": "ocop-certificates", "typ": "ocop-certificate"}
    (key,) = ok(door.get(KEYS))["keys"]
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x"]
    assert (key["alg"], key["kid"], key["use"]) == ("EdDSA", "ocop-certificates", "sig")


def test_it_says_who_sealed_which_certificate_of_which_tenant_and_when(opened):
    began = int(datetime.now(UTC).timestamp())
    door = opened()
    found = certified(door)
    said = jwt.decode(found["signature"], options={"verify_signature": False})
    assert (said["iss"], said["tenant"]) == (PLATFORM, "huyen-mau")
    assert (said["jti"], said["number"]) == (
        found["certificate"]["id"], found["certificate"]["facts"]["number"],
    )  # fmt: skip
    assert began <= said["iat"] <= datetime.now(UTC).timestamp()
    assert found["genuine"] is True


def test_another_library_verifies_it_with_the_published_keys(opened):
    door = opened()
    signature = certified(door)["signature"]
    keys = jwt.PyJWKSet.from_dict(ok(door.get(KEYS)))
    key = keys[jwt.get_unverified_header(signature)["kid"]]
    said = jwt.decode(signature, key, algorithms=["EdDSA"])
    assert (said["star"], said["product"]) == (3, "Đường thốt nốt mẫu")
    header, payload, mark = signature.split(".")
    for forged in (f"{header}.{payload[:-2]}AA.{mark}", f"{header}.{payload}.{mark[:-4]}AAAA"):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(forged, key, algorithms=["EdDSA"])


def test_openssl_alone_verifies_it_by_the_recipe(opened, tmp_path):
    door = opened()
    signature = certified(door)["signature"]
    x = key_of(door, signature)["x"]
    found = by_openssl(signature, x, tmp_path)
    assert found.returncode == 0, found.stderr
    first, said = found.stdout.split("\n", 1)
    assert first == "Signature Verified Successfully"
    assert json.loads(said)["product"] == "Đường thốt nốt mẫu"
    other = OKPKey.import_key(new_key("x")).as_dict(private=False)["x"]
    header, payload, mark = signature.split(".")
    for forged, with_x in ((signature, other), (f"{header}.{payload[:-4]}AAAA.{mark}", x)):
        refused = by_openssl(forged, str(with_x), tmp_path)
        assert refused.returncode != 0
        assert "product" not in refused.stdout


def sealed_earlier(keys: Keys, number: str) -> tuple[Certificate, str]:
    """With the newer name of the algorithm, and without the claims."""
    one = Certificate.issued(GRANT, number)
    key = OKPKey.import_key(json.loads(keys.certificates.read_text()))
    header = {"alg": "Ed25519", "typ": "ocop-certificate", "kid": key.kid}
    one.signature = jws.serialize_compact(header, one.content.encode(), key, algorithms=["Ed25519"])
    assert not {"iss", "iat", "jti", "tenant"} & json.loads(one.content).keys()
    return one, one.signature


def test_what_was_sealed_earlier_stays_genuine_also_under_another_key(opened, keys, tmp_path):
    one, signature = sealed_earlier(keys, "07/2020/OCOP-HUYEN-MAU")
    door = opened()
    keep("huyen-mau", one)
    for _ in range(3):
        found = ok(door.get(f"{CHECKS}07/2020/OCOP-HUYEN-MAU"))
        assert (found["genuine"], found["signature"]) == (True, signature)
        assert by_openssl(signature, key_of(door, signature)["x"], tmp_path).returncode == 0
        keys.change_seal()
        door = opened()


def test_with_another_key_both_are_genuine_and_the_new_one_seals(opened, keys):
    before = certified(opened(), "1/QĐ-UBND")
    private = json.loads(keys.certificates.read_text())["d"]
    assert keys.change_seal() == keys.seal == "ocop-certificates-2"
    door = opened()
    after = certified(door, "2/QĐ-UBND")
    published = ok(door.get(KEYS))
    assert [one["kid"] for one in published["keys"]] == ["ocop-certificates-2", "ocop-certificates"]
    assert private not in keys.former_certificates.read_text() + json.dumps(published)
    assert all(one.keys() == published["keys"][0].keys() for one in published["keys"])
    for found, kid in ((before, "ocop-certificates"), (after, "ocop-certificates-2")):
        number = found["certificate"]["facts"]["number"]
        assert jwt.get_unverified_header(found["signature"])["kid"] == kid
        assert ok(door.get(CHECKS + number))["genuine"] is True
        key = jwt.PyJWKSet.from_dict(published)[kid]
        assert jwt.decode(found["signature"], key, algorithms=["EdDSA"])["number"] == number


def test_a_key_that_is_nobodys_makes_nothing_genuine(opened, keys, database):
    door = opened()
    found = certified(door)
    id = found["certificate"]["id"]
    content = jwt.decode(found["signature"], options={"verify_signature": False})
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for kid in (keys.seal, "unknown"):
        signature = Seal(OKPKey.import_key(new_key(kid))).sign(text)
        database.certificates.update_one({"_id": id}, {"$set": {"signature": signature}})
        assert ok(door.get(f"/certificate-checks?id={id}"))["genuine"] is False


@pytest.mark.parametrize("field", ["sealed.issuer", "tenant"])
def test_what_it_says_of_itself_is_sealed_too(opened, database, field):
    door = opened()
    id = certified(door)["certificate"]["id"]
    value = "tinh-mau" if field == "tenant" else "https://another.example"
    database.certificates.update_one({"_id": id}, {"$set": {field: value}})
    above = door.as_(tenant="tinh-mau")
    assert ok(above.get(f"/certificate-checks?id={id}"))["genuine"] is False


def test_two_keys_of_one_id_are_refused(keys):
    keys.change_seal()
    former = json.loads(keys.former_certificates.read_text())["keys"]
    keys.certificates.write_text(json.dumps(new_key(former[0]["kid"])))
    with pytest.raises(ValueError, match="kid"):
        Seal.read(keys.certificates, keys.former_certificates)
