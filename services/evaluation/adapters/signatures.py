"""Evaluation's seal: what it signs certificates with, and how anybody tells that it did."""

import json
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.tokens import ALGORITHM

TYPE = "ocop-certificate"


class Seal:
    """JWS in compact form (RFC 7515), Ed25519."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    @classmethod
    def read(cls, file: Path) -> "Seal":
        return cls(OKPKey.import_key(json.loads(file.read_text())))

    def sign(self, text: str) -> str:
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self._key.kid}
        return jws.serialize_compact(header, text.encode(), self._key, algorithms=[ALGORITHM])

    def genuine(self, signature: str, text: str) -> bool:
        """Whether this is our signature, over this text."""
        try:
            found = jws.deserialize_compact(signature, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return False
        return found.headers().get("typ") == TYPE and found.payload == text.encode()

    @property
    def public(self) -> dict[str, Any]:
        """As a JWK Set."""
        return KeySet([self._key]).as_dict(private=False)
