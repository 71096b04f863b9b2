"""The secrets of one site, made when first wanted, each in a file that only its user can read."""

import json
import secrets
from pathlib import Path
from typing import Unpack

from joserfc.jwk import OKPKey

from chassis.tokens import GATEWAY, PEOPLES, About, Role, Signer, new_key

ISSUER = "ocop-local"
"""Who signs people's tokens until identity exists: `./ocop token`."""
EVALUATION = "ocop-evaluation"
"""Evaluation itself, which fetches the files of packages."""
CERTIFICATES = "ocop-certificates"
"""What evaluation signs certificates with."""


class Keys:
    def __init__(self, folder: Path) -> None:
        self.issuer = folder / "issuer.jwk"
        self.gateway = folder / "gateway.jwk"
        self.evaluation = folder / "evaluation.jwk"
        self.certificates = folder / "certificates.jwk"
        self.former_certificates = folder / "former-certificates.jwks"
        self.cursor = folder / "cursor.key"
        self.callers_issuers = folder / "issuers-of-callers.json"
        self.services_issuers = folder / "issuers-of-services.json"

    def make(self) -> None:
        kids = {
            self.issuer: ISSUER, self.gateway: GATEWAY, self.evaluation: EVALUATION,
            self.certificates: CERTIFICATES,
        }  # fmt: skip
        for file, kid in kids.items():
            if not file.exists():
                _write(file, json.dumps(new_key(kid)))
        if not self.former_certificates.exists():
            _write(self.former_certificates, json.dumps({"keys": []}))
        if not self.cursor.exists():
            _write(self.cursor, secrets.token_urlsafe(32))
        people = Signer.read(ISSUER, self.issuer).as_issuer(PEOPLES)
        evaluation = Signer.read(EVALUATION, self.evaluation).as_issuer(
            [Role.PACKAGE_READER], people=False
        )
        gateway = Signer.read(GATEWAY, self.gateway).as_issuer()
        _write(self.callers_issuers, json.dumps([people, evaluation], indent=2))
        _write(self.services_issuers, json.dumps([gateway], indent=2))

    @property
    def seal(self) -> str:
        """The id of the key that seals certificates."""
        return str(json.loads(self.certificates.read_text())["kid"])

    def change_seal(self) -> str:
        """Another key seals certificates from now on, and what the one before has sealed is still
        genuine by its public half, which is kept first. The new one's id."""
        before = OKPKey.import_key(json.loads(self.certificates.read_text()))
        former = json.loads(self.former_certificates.read_text())["keys"]
        if before.kid not in [one["kid"] for one in former]:
            former.insert(0, dict(before.as_dict(private=False)))
            _write(self.former_certificates, json.dumps({"keys": former}, indent=2))
        _write(self.certificates, json.dumps(new_key(f"{CERTIFICATES}-{len(former) + 1}")))
        return self.seal

    def token(
        self, *, tenant: str, roles: list[str], subject: str, seconds: int, **about: Unpack[About]
    ) -> str:
        """What a caller shows to the gateway."""
        return Signer.read(ISSUER, self.issuer).signed(
            audience=GATEWAY, subject=subject, tenant=tenant, roles=roles, seconds=seconds, **about
        )


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)
