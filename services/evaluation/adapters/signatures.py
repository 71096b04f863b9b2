"""Evaluation's seal: what it signs certificates with, and how anybody tells that it did."""

import json
import warnings
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OKPKey

from chassis.tokens import ALGORITHM as EARLIER

ALGORITHM = "EdDSA"
"""Ed25519 by the name that every library knows. RFC 9864 has a better one, which few know as yet;
by that certificates were sealed earlier, and stay genuine."""
ALGORITHMS = [ALGORITHM, EARLIER]
TYPE = "ocop-certificate"

warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


class Seal:
    """JWS in compact form (RFC 7515), Ed25519. `key` seals; what `former` ones have sealed stays
    genuine. Two keys of one id are refused: nobody could tell them apart."""

    def __init__(self, key: OKPKey, former: KeySet | None = None) -> None:
        self._key = key
        self._keys = KeySet([key, *(former.keys if former else ())])
        ids = [one.kid for one in self._keys.keys]
        if None in ids or len({*ids}) < len(ids):
            raise ValueError("each key of the seal needs an id (kid) of its own")

    @classmethod
    def read(cls, file: Path, former: Path | None = None) -> "Seal":
        """`former`: a JWK Set of public keys."""
        of_before = json.loads(former.read_text())["keys"] if former else []
        for one in of_before:
            one.pop("alg", None)  # with it a key would know one of the algorithm's two names alone
        key = OKPKey.import_key(json.loads(file.read_text()))
        return cls(key, KeySet([OKPKey.import_key(one) for one in of_before]))

    def sign(self, text: str) -> str:
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self._key.kid}
        return jws.serialize_compact(header, text.encode(), self._key, algorithms=[ALGORITHM])

    def genuine(self, signature: str, text: str) -> bool:
        """Whether this is our signature, over this text."""
        try:
            found = jws.deserialize_compact(signature, self._keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            return False
        return found.headers().get("typ") == TYPE and found.payload == text.encode()

    @property
    def public(self) -> dict[str, Any]:
        """As a JWK Set, the one that seals first."""
        keys = self._keys.as_dict(private=False)["keys"]
        return {"keys": [one | {"alg": ALGORITHM, "use": "sig"} for one in keys]}
