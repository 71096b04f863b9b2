"""The secrets of one site, made when first wanted, each in a file that only its user can read."""

import json
import secrets
from pathlib import Path
from typing import Any

from chassis.tokens import GATEWAY, Signer, new_key

ISSUER = "ocop-local"
"""Who signs callers' tokens until identity exists: `./ocop token`."""


class Keys:
    def __init__(self, folder: Path) -> None:
        self.issuer = folder / "issuer.jwk"
        self.gateway = folder / "gateway.jwk"
        self.cursor = folder / "cursor.key"
        self.callers_issuers = folder / "issuers-of-callers.json"
        self.services_issuers = folder / "issuers-of-services.json"

    def make(self) -> None:
        for file, kid in ((self.issuer, ISSUER), (self.gateway, GATEWAY)):
            if not file.exists():
                _write(file, json.dumps(new_key(kid)))
        if not self.cursor.exists():
            _write(self.cursor, secrets.token_urlsafe(32))
        _write(self.callers_issuers, _trust(Signer.read(ISSUER, self.issuer)))
        _write(self.services_issuers, _trust(Signer.read(GATEWAY, self.gateway)))

    def token(self, *, tenant: str, roles: list[str], subject: str, seconds: int) -> str:
        """What a caller shows to the gateway."""
        return Signer.read(ISSUER, self.issuer).signed(
            audience=GATEWAY, subject=subject, tenant=tenant, roles=roles, seconds=seconds
        )


def _trust(signer: Signer) -> str:
    trusted: list[dict[str, Any]] = [signer.as_issuer]
    return json.dumps(trusted, indent=2)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)
