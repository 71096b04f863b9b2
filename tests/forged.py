"""Tokens that no door may believe, each wrong in one thing alone."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from joserfc.jwk import OKPKey

from chassis.tokens import new_key

Sign = Callable[[bytes], bytes]


def part(value: Any) -> bytes:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def compact(header: Any, claims: Any, sign: Sign) -> str:
    signed = part(header) + b"." + part(claims)
    return (signed + b"." + part(sign(signed))).decode()


def by(key: dict[str, Any]) -> Sign:
    return OKPKey.import_key(key).get_op_key("sign").sign


def hs256(secret: bytes) -> Sign:
    return lambda signed: hmac.digest(secret, signed, hashlib.sha256)


def claims(issuer: str, audience: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": issuer, "aud": audience, "sub": "forger", "tenant": "an-giang",
        "roles": ["administrator"], "iat": now, "nbf": now, "exp": now + 60,
    }  # fmt: skip


def header(key: dict[str, Any]) -> dict[str, Any]:
    return {"alg": "Ed25519", "typ": "at+jwt", "kid": key["kid"]}


def good(key: dict[str, Any], issuer: str, audience: str) -> str:
    """What all the others differ from: a door believes it, or the others prove nothing."""
    return compact(header(key), claims(issuer, audience), by(key))


def forged(key: dict[str, Any], issuer: str, audience: str) -> dict[str, str]:
    """`key`: the private key that the door trusts for the issuer."""
    said, head, now = claims(issuer, audience), header(key), int(time.time())
    other = new_key(key["kid"])
    public = {name: value for name, value in key.items() if name != "d"}
    foreign = {name: value for name, value in other.items() if name != "d"}
    parsed = OKPKey.import_key(public)
    raw, pem = parsed.raw_value.public_bytes_raw(), parsed.as_pem(private=False)
    right = good(key, issuer, audience)
    begin, middle, end = right.split(".")

    def claiming(**changed: Any) -> str:
        left = {name: value for name, value in (said | changed).items() if value is not ...}
        return compact(head, left, by(key))

    def headed(sign: Sign | None = None, **changed: Any) -> str:
        left = {name: value for name, value in (head | changed).items() if value is not ...}
        return compact(left, said, sign or by(key))

    return {
        "expired": claiming(exp=now - 60, nbf=now - 120),
        "not yet valid": claiming(nbf=now + 600, exp=now + 660),
        "issued by a clock that runs ahead": claiming(iat=now + 600),
        "a beginning that is no number": claiming(nbf="today"),
        "issued at no number": claiming(iat="today"),
        "without an end": claiming(exp=...),
        "an end that is no number": claiming(exp="tomorrow"),
        "an end that is not finite": compact(
            head, json.dumps(said).replace(str(said["exp"]), "1e999").encode(), by(key)
        ),
        "without a beginning": claiming(nbf=...),
        "unsigned": headed(lambda _: b"", alg="none"),
        "unsigned, spelt otherwise": headed(lambda _: b"", alg="nOnE"),
        "unsigned, with the signature of another": headed(lambda _: by(key)(b"x"), alg="none"),
        "without a signature": f"{begin}.{middle}.",
        "another audience": claiming(aud="somebody-else"),
        "several audiences, the door not among them": claiming(aud=["a", "b"]),
        "without an audience": claiming(aud=...),
        "another issuer": claiming(iss="https://issuer.invalid"),
        "an issuer that is a list": claiming(iss=[issuer]),
        "without an issuer": claiming(iss=...),
        "another key of the same name": headed(by(other)),
        "an unknown kid": headed(kid="another"),
        "a kid that is a path": headed(kid="../../../dev/null"),
        "a kid that is no text": headed(kid={"$ne": None}),
        "without a kid": headed(kid=...),
        "HS256, the public key its secret": headed(hs256(raw), alg="HS256"),
        "HS256, the public key's x its secret": headed(hs256(public["x"].encode()), alg="HS256"),
        "HS256, the public PEM its secret": headed(hs256(pem), alg="HS256"),
        "another name of the algorithm": headed(alg="EdDSA"),
        "an algorithm nobody knows": headed(alg="XX"),
        "a jku header": headed(by(other), jku="https://issuer.invalid/keys", kid="forger"),
        "a jku header under the right signature": headed(jku="https://issuer.invalid/keys"),
        "a jwk header": headed(by(other), jwk=foreign),
        "a jwk header under the right signature": headed(jwk=public),
        "an x5u header": headed(by(other), x5u="https://issuer.invalid/chain"),
        "an x5c header": headed(by(other), x5c=["AAAA"]),
        "a critical extension": headed(crit=["exp"], exp=now + 60),
        "an unencoded payload": headed(crit=["b64"], b64=False),
        "another typ": headed(typ="JWT"),
        "without a typ": headed(typ=...),
        "without a subject": claiming(sub=...),
        "an empty subject": claiming(sub=""),
        "an operator for a subject": claiming(sub={"$ne": None}),
        "without a tenant": claiming(tenant=...),
        "an operator for a tenant": claiming(tenant={"$ne": None}),
        "a tenant that is no slug": claiming(tenant="../an-giang"),
        "roles that are a text": claiming(roles="administrator"),
        "claims changed after signing": f"{begin}.{part(said | {'sub': 'x'}).decode()}.{end}",
        "a signature cut short": right[:-4],
        "claims that are a list": compact(head, [said], by(key)),
        "claims that are no JSON": compact(head, b"{", by(key)),
        "claims nested without end": compact(head, b"[" * 5000, by(key)),
        "a header nested without end": compact(b"[" * 3000, said, by(key)),
        "a header that is a list": compact([head], said, by(key)),
        "an encrypted token": f"{begin}.{middle}.{end}.{end}.{end}",
        "two parts": f"{begin}.{middle}",
        "nothing between the dots": "..",
        "no token at all": "token",
    }  # fmt: skip
