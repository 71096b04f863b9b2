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
from typing import Any, TypedDict, Unpack

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
from contracts.person import Email, Person, Phone
from contracts.text import Line, Slug, Words

log = structlog.get_logger(__name__)
ALGORITHM, TYPE = "Ed25519", "at+jwt"
HEADER = {"alg", "typ", "kid"}
LEEWAY_S, AHEAD_S = 5, 30
"""So long after its end, and before its beginning, a token is believed: an issuer's clock that runs
ahead harms nobody, one's own that runs behind lengthens every token."""
GATEWAY = "ocop-gateway"
"""The audience of a caller's token; the gateway makes its own for the service behind."""


class Role(StrEnum):
    """What somebody may do for a tenant. One person has several."""

    ADMINISTRATOR = "administrator"  # quản trị
    OFFICER = "officer"  # cán bộ
    SUPERVISOR = "supervisor"  # giám sát: reads what lies below
    PRODUCER = "producer"  # chủ thể
    COMMUNE_OFFICER = "commune-officer"  # cán bộ xã
    HELP_TEAM = "help-team"  # tổ giúp việc
    AUTHORITY = "authority"  # Chủ tịch UBND
    PACKAGE_READER = "package-reader"  # a service that fetches a package's files, never a person


PEOPLES = tuple(role for role in Role if role is not Role.PACKAGE_READER)


class About(TypedDict, total=False):
    """What a token may say of its subject beside the roles; None and left out are the same."""

    phone: str | None
    email: str | None
    name: str | None
    unit: str | None


class Caller(BaseModel):
    """What a verified token says. A role that this platform does not know gives nothing."""

    model_config = ConfigDict(frozen=True)

    issuer: str = Field(alias="iss")
    subject: str = Field(alias="sub", min_length=1, max_length=200)
    tenant: Slug
    roles: frozenset[str] = frozenset()
    phone: Phone | None = None
    email: Email | None = None
    name: Line | None = None
    unit: Line | None = None
    expires: int = Field(alias="exp")

    @property
    def about(self) -> About:
        """A unit is a commune officer's alone: of nobody else's token it says anything."""
        unit = self.unit if Role.COMMUNE_OFFICER in self.roles else None
        return About(phone=self.phone, email=self.email, name=self.name, unit=unit)

    @property
    def person(self) -> Person:
        return Person(id=self.subject, roles=self.roles, **self.about)


class Issuer(BaseModel):
    """Whom a door believes, for which tenants and in which roles; "*" for all. `people`: whether it
    vouches for persons, or is a service that signs for itself."""

    iss: str
    jwks: dict[str, Any]
    tenants: frozenset[str]
    roles: frozenset[str] = frozenset({"*"})
    people: bool = True

    def vouches_for(self, tenant: str) -> bool:
        return bool(self.tenants & {"*", tenant})

    def bounded(self, caller: Caller) -> Caller:
        """In the roles that this issuer may give. A service's is believed in those alone: without
        one its token is nobody's, and what it says of a person counts for nothing."""
        beyond = frozenset() if "*" in self.roles else caller.roles - self.roles
        believed = caller.roles - beyond
        if beyond:
            log.warning("roles_not_believed", issuer=self.iss, roles=sorted(beyond))
        if self.people:
            return caller.model_copy(update={"roles": believed})
        if not believed:
            raise UnknownIssuer(f"{self.iss} vouches for no person")
        nothing = dict.fromkeys(About.__annotations__)
        return caller.model_copy(update={"roles": believed, **nothing})


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
            case NotYetValid():
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


class NotYetValid(ValueError):
    """Its issuer's clock runs ahead of this one's by more than the leeway."""


class _Claims(jwt.JWTClaimsRegistry):
    """The library tells a time to come from one that is none by its words alone."""

    def validate_nbf(self, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("a beginning that is no time")
        if value > self.now + AHEAD_S:
            raise NotYetValid(f"begins in {value - self.now:.0f} s")

    validate_iat = validate_nbf


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
        _Claims(
            leeway=LEEWAY_S,
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            nbf={"essential": True},
        ).validate(decoded.claims)
        caller = Caller.model_validate(decoded.claims)
        if not issuer.vouches_for(caller.tenant):
            raise UnknownIssuer(f"{issuer.iss} does not vouch for {caller.tenant}")
        return issuer.bounded(caller)


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
        self,
        *,
        audience: str,
        subject: str,
        tenant: str,
        roles: Iterable[str],
        seconds: int,
        **about: Unpack[About],
    ) -> str:
        now = int(time.time())
        known = {claim: said for claim, said in about.items() if said is not None}
        claims: Mapping[str, Any] = known | {
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

    def package_reader(self, tenant: str) -> str:
        """With it a service fetches a package's files at the gateway, within the minute."""
        return self.signed(
            audience=GATEWAY, subject=self._issuer, tenant=tenant,
            roles=[Role.PACKAGE_READER], seconds=60,
        )  # fmt: skip

    def as_issuer(self, roles: Iterable[str] = ("*",), *, people: bool = True) -> dict[str, Any]:
        """How a door is told to believe this signer, in these roles, of people or of itself."""
        public = self._key.as_dict(private=False)
        return {
            "iss": self._issuer, "jwks": {"keys": [public]}, "tenants": ["*"], "roles": [*roles],
            "people": people,
        }  # fmt: skip


def new_key(kid: str) -> dict[str, Any]:
    """A private key of its own, as a JWK."""
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}, private=True)
    return dict(key.as_dict(private=True))
