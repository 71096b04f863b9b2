"""Signed tokens: who calls, for which tenant, in which roles. Every door verifies for itself.

One algorithm, keys only from the file of trusted issuers. A header says alg, typ and kid: one that
brings its own key (jku, x5u, jwk) is refused.
"""

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import structlog
from joserfc import jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
)
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.problems import Unauthenticated
from contracts.text import Slug, Words

log = structlog.get_logger(__name__)
ALGORITHM, TYPE = "Ed25519", "at+jwt"
HEADER = {"alg", "typ", "kid"}
LEEWAY_S = 5
GATEWAY = "ocop-gateway"
"""The audience of a caller's token; the gateway makes its own for the service behind."""


class Role(StrEnum):
    """What a person may do for a tenant. One person has several."""

    ADMINISTRATOR = "administrator"  # quản trị
    OFFICER = "officer"  # cán bộ
    SUPERVISOR = "supervisor"  # giám sát: reads what lies below


class Caller(BaseModel):
    """What a verified token says. A role that this platform does not know gives nothing."""

    model_config = ConfigDict(frozen=True)

    issuer: str = Field(alias="iss")
    subject: str = Field(alias="sub", min_length=1, max_length=200)
    tenant: Slug
    roles: frozenset[str] = frozenset()
    expires: int = Field(alias="exp")


class Issuer(BaseModel):
    """Whom a door believes, and for which tenants; "*" for all."""

    iss: str
    jwks: dict[str, Any]
    tenants: frozenset[str]

    def vouches_for(self, tenant: str) -> bool:
        return bool(self.tenants & {"*", tenant})


class Reason(Enum):
    """Why a token is refused, as far as it is anybody's business."""

    EXPIRED = Words("đã hết hạn", "it has expired")
    NOT_YET_VALID = Words("chưa đến lúc có hiệu lực", "it is not yet valid")
    AUDIENCE = Words("được cấp cho nơi khác", "it is for another audience")
    ISSUER = Words("nơi cấp hoặc khoá không được tin ở đây", "its issuer or key is not known here")
    SIGNATURE = Words("chữ ký không đúng", "its signature is wrong")
    FORM = Words("không đúng dạng", "its form is wrong")

    @classmethod
    def of(cls, error: Exception) -> "Reason":
        match error:
            case ExpiredTokenError():
                return cls.EXPIRED
            case InvalidClaimError(claim="nbf"):
                return cls.NOT_YET_VALID
            case InvalidClaimError(claim="aud"):
                return cls.AUDIENCE
            case UnknownIssuer() | InvalidKeyIdError():
                return cls.ISSUER
            case BadSignatureError():
                return cls.SIGNATURE
        return cls.FORM


class UnknownIssuer(ValueError):
    """Nobody whom this door believes, or not for this tenant."""


class Verifier:
    def __init__(self, issuers: Iterable[Issuer], audience: str) -> None:
        self._audience = audience
        self._issuers = {one.iss: one for one in issuers}
        self._keys = {one.iss: KeySet.import_key_set(one.jwks) for one in self._issuers.values()}

    @classmethod
    def read(cls, file: Path, audience: str) -> "Verifier":
        return cls((Issuer.model_validate(one) for one in json.loads(file.read_text())), audience)

    def verified(self, token: str) -> Caller:
        """The caller, or Unauthenticated; the reason is told, as it helps nobody to forge. What the
        library says is for the log."""
        try:
            return self._verified(token)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
            reason = Reason.of(error)
            log.warning("token_refused", reason=reason.name.lower(), error=_detail(error))
            raise Unauthenticated(
                f"Phiên đăng nhập không dùng được: {reason.value.vi}. Mời đăng nhập lại.",
                f"The token is not valid: {reason.value.en}. Sign in again.",
            ) from error

    def _verified(self, token: str) -> Caller:
        claimed = jws.extract_compact(token.encode())
        if claimed.headers().keys() != HEADER:
            raise ValueError("a header says alg, typ and kid, and nothing else")
        issuer = self._issuers.get(named := json.loads(claimed.payload)["iss"])
        if issuer is None:
            raise UnknownIssuer(named)
        decoded = jwt.decode(token, self._keys[issuer.iss], algorithms=[ALGORITHM])
        if decoded.header["typ"] != TYPE:
            raise ValueError(f"typ is not {TYPE}")
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            nbf={"essential": True},
        ).validate(decoded.claims)
        caller = Caller.model_validate(decoded.claims)
        if not issuer.vouches_for(caller.tenant):
            raise UnknownIssuer(f"{issuer.iss} does not vouch for {caller.tenant}")
        return caller


def _detail(error: Exception) -> str:
    """Nothing of the token itself: pydantic would show what it was given."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_input=False, include_url=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
    return f"{type(error).__name__}: {error}"[:200]


class Signer:
    def __init__(self, issuer: str, key: OKPKey) -> None:
        self._issuer, self._key = issuer, key

    @classmethod
    def read(cls, issuer: str, file: Path) -> "Signer":
        return cls(issuer, OKPKey.import_key(json.loads(file.read_text())))

    def signed(
        self, *, audience: str, subject: str, tenant: str, roles: Iterable[str], seconds: int
    ) -> str:
        now = int(time.time())
        claims: Mapping[str, Any] = {
            "iss": self._issuer,
            "aud": audience,
            "sub": subject,
            "tenant": tenant,
            "roles": sorted(roles),
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "jti": secrets.token_hex(8),
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self._key.kid}
        return jwt.encode(header, dict(claims), self._key, algorithms=[ALGORITHM])

    @property
    def as_issuer(self) -> dict[str, Any]:
        """How a door is told to believe this signer."""
        public = self._key.as_dict(private=False)
        return {"iss": self._issuer, "jwks": {"keys": [public]}, "tenants": ["*"]}


def new_key(kid: str) -> dict[str, Any]:
    """A private key of its own, as a JWK."""
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}, private=True)
    return dict(key.as_dict(private=True))
