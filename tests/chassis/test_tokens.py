"""What a door believes, and what not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from chassis.problems import Unauthenticated
from chassis.tokens import Issuer, Signer, Verifier, new_key
from tests.forged import by, claims, compact, forged, good, header

KEY = new_key("here")
ISSUER, DOOR = "an-issuer", "a-door"


def trusting(*tenants: str, key: dict[str, Any] = KEY) -> Verifier:
    public = {name: value for name, value in key.items() if name != "d"}
    issuer = Issuer(iss=ISSUER, jwks={"keys": [public]}, tenants=frozenset(tenants))
    return Verifier([issuer], DOOR)


def signed(audience: str = DOOR, seconds: int = 60, tenant: str = "an-giang") -> str:
    return Signer(ISSUER, OKPKey.import_key(KEY)).signed(
        audience=audience, subject="chị-Tư", tenant=tenant, roles=["officer", "later"],
        seconds=seconds,
    )  # fmt: skip


def test_what_the_signer_signs_is_what_the_verifier_reads():
    caller = trusting("*").verified(signed())
    assert (caller.issuer, caller.subject, caller.tenant) == (ISSUER, "chị-Tư", "an-giang")
    assert caller.roles == {"officer", "later"}


def test_the_token_that_all_forged_ones_differ_from_is_believed():
    assert trusting("*").verified(good(KEY, ISSUER, DOOR)).subject == "forger"


@pytest.mark.parametrize("wrong", forged(KEY, ISSUER, DOOR))
def test_a_token_wrong_in_one_thing_is_refused(wrong):
    with pytest.raises(Unauthenticated) as refused:
        trusting("*").verified(forged(KEY, ISSUER, DOOR)[wrong])
    assert refused.value.words.vi == (
        "Phiên đăng nhập không hợp lệ hoặc đã hết hạn. Mời đăng nhập lại."
    )


def test_an_issuer_vouches_for_its_tenants_alone():
    assert trusting("tri-ton").verified(signed(tenant="tri-ton")).tenant == "tri-ton"
    with pytest.raises(Unauthenticated, match="does not vouch for an-giang"):
        trusting("tri-ton").verified(signed(tenant="an-giang"))


def test_an_end_is_forgiven_a_few_seconds_of_clock_and_no_more():
    assert trusting("*").verified(signed(seconds=-2)).tenant == "an-giang"
    with pytest.raises(Unauthenticated):
        trusting("*").verified(signed(seconds=-20))


def test_a_public_key_is_told_without_its_private_part():
    assert set(Signer(ISSUER, OKPKey.import_key(KEY)).as_issuer["jwks"]["keys"][0]) == {
        "kty", "crv", "x", "kid", "use",
    }  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_an_error_of_the_door(text):
    with pytest.raises(Unauthenticated):
        trusting("*").verified(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["iss", "aud", "sub", "tenant", "roles", "iat", "nbf", "exp", "jti"])


@settings(deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=3), st.dictionaries(st.text(max_size=5), JSON))
def test_no_claim_of_a_trusted_issuer_is_an_error_of_the_door(changed, added):
    token = compact(header(KEY), claims(ISSUER, DOOR) | changed | added, by(KEY))
    try:
        caller = trusting("*").verified(token)
    except Unauthenticated:
        return
    assert caller.issuer == ISSUER


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "b64"]), JSON, min_size=1))
def test_no_header_is_an_error_of_the_door(changed):
    token = compact(header(KEY) | changed, claims(ISSUER, DOOR), by(KEY))
    if header(KEY) | changed != header(KEY):
        with pytest.raises(Unauthenticated):
            trusting("*").verified(token)
