"""What a door believes, and what not."""

import base64
import json
import time
from typing import Any, Unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OKPKey
from structlog.testing import capture_logs

from chassis.problems import Unauthenticated
from chassis.tokens import GATEWAY, About, Issuer, Reason, Role, Signer, Verifier, new_key
from contracts.person import Person
from tests.forged import by, claims, compact, forged, good, header

KEY = new_key("here")
ISSUER, DOOR = "an-issuer", "a-door"
REASONS = {
    "expired": Reason.EXPIRED,
    "not yet valid": Reason.NOT_YET_VALID,
    "issued by a clock that runs ahead": Reason.NOT_YET_VALID,
    "another audience": Reason.AUDIENCE,
    "several audiences, the door not among them": Reason.AUDIENCE,
    "another issuer": Reason.ISSUER,
    "an unknown kid": Reason.ISSUER,
    "a kid that is a path": Reason.ISSUER,
    "another key of the same name": Reason.SIGNATURE,
    "without a signature": Reason.SIGNATURE,
    "claims changed after signing": Reason.SIGNATURE,
    "a signature cut short": Reason.SIGNATURE,
}
"""All others are wrong in their form."""


def trusting(*tenants: str, key: dict[str, Any] = KEY, **said: Any) -> Verifier:
    public = {name: value for name, value in key.items() if name != "d"}
    issuer = Issuer(iss=ISSUER, jwks={"keys": [public]}, tenants=frozenset(tenants), **said)
    return Verifier([issuer], DOOR)


def signed(
    audience: str = DOOR, seconds: int = 60, tenant: str = "an-giang", **about: Unpack[About]
) -> str:
    return Signer(ISSUER, OKPKey.import_key(KEY)).signed(
        audience=audience, subject="chị-Tư", tenant=tenant, roles=["officer", "later"],
        seconds=seconds, **about,
    )  # fmt: skip


def said_in(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return found


def test_what_the_signer_signs_is_what_the_verifier_reads():
    caller = trusting("*").verified(signed())
    assert (caller.issuer, caller.subject, caller.tenant) == (ISSUER, "chị-Tư", "an-giang")
    assert caller.roles == {"officer", "later"}


def test_a_token_says_how_its_subject_is_reached_and_what_it_does_not_know_it_leaves_out():
    about: About = {
        "phone": "\u202a+84\u202c 901\u2011234 ５６７", "email": "Tu@Mau.Example",
        "name": "Chị Tư", "unit": "xã Mẫu",
    }  # fmt: skip
    person = trusting("*").verified(signed(**about)).person
    assert person == Person(
        id="chị-Tư", roles=frozenset({"officer", "later"}), phone="0901234567",
        email="tu@mau.example", name="Chị Tư",
    )  # fmt: skip
    assert set(said_in(signed(phone="0901234567", email=None))) - set(said_in(signed())) == {
        "phone"
    }
    assert trusting("*").verified(signed()).person.phone is None


@pytest.mark.parametrize(
    "about",
    [
        {"phone": "113"},
        {"email": "nobody"},
        {"email": "\u212aim@mau.example"},
        {"email": "ki\u200bm@mau.example"},
        {"name": "two\nlines"},
        {"name": "\u200b"},
        {"unit": ""},
    ],
)
def test_a_token_with_a_broken_claim_of_its_subject_is_wrong_in_its_form(about):
    with capture_logs() as lines, pytest.raises(Unauthenticated, match="its form is wrong"):
        trusting("*").verified(signed(**about))
    assert [line["reason"] for line in lines] == ["form"]


def test_an_issuer_gives_its_roles_alone():
    with capture_logs() as lines:
        bounded = trusting("*", roles={"officer", "administrator"}).verified(signed())
    assert bounded.roles == {"officer"}
    assert [(line["event"], line["roles"]) for line in lines] == [("roles_not_believed", ["later"])]
    assert trusting("*", roles=set()).verified(signed()).roles == frozenset()


def test_a_unit_is_believed_of_a_commune_officer_alone():
    def unit_of(verifier: Verifier, roles: list[str]) -> str | None:
        token = Signer(ISSUER, OKPKey.import_key(KEY)).signed(
            audience=DOOR, subject="x", tenant="an-giang", roles=roles, seconds=60, unit="xã Mẫu"
        )
        caller = verifier.verified(token)
        assert caller.about["unit"] == caller.person.unit
        return caller.person.unit

    anybody = trusting("*")
    for roles in ([], ["officer"], ["producer", "help-team"], ["Commune-Officer"]):
        assert unit_of(anybody, roles) is None
    assert unit_of(anybody, ["producer", "commune-officer"]) == "xã Mẫu"
    without = trusting("*", roles={"producer"})  # the role is not this issuer's to give
    assert unit_of(without, ["producer", "commune-officer"]) is None


def test_a_service_reads_packages_for_a_minute_and_is_believed_in_nothing_else():
    service = Signer("ocop-evaluation", OKPKey.import_key(KEY))
    entry = service.as_issuer(roles=[Role.PACKAGE_READER], people=False)
    door = Verifier([Issuer.model_validate(entry)], GATEWAY)
    token = service.package_reader("tri-ton")
    caller = door.verified(token)
    assert (caller.tenant, caller.roles) == ("tri-ton", {"package-reader"})
    assert said_in(token)["exp"] - said_in(token)["iat"] == 60
    forged = service.signed(
        audience=GATEWAY, subject="x", tenant="tri-ton", roles=[*Role], seconds=60,
        phone="0901234567",
    )  # fmt: skip
    found = door.verified(forged)
    assert (found.roles, found.person.phone) == ({"package-reader"}, None)
    for roles in ([], ["officer"]):  # with none it would be any person who has signed in
        nobody = service.signed(
            audience=GATEWAY, subject="x", tenant="tri-ton", roles=roles, seconds=60
        )
        with pytest.raises(Unauthenticated, match="issuer"):
            door.verified(nobody)


def test_the_token_that_all_forged_ones_differ_from_is_believed():
    assert trusting("*").verified(good(KEY, ISSUER, DOOR)).subject == "forger"


@pytest.mark.parametrize("wrong", forged(KEY, ISSUER, DOOR))
def test_a_token_wrong_in_one_thing_is_refused(wrong):
    token = forged(KEY, ISSUER, DOOR)[wrong]
    with capture_logs() as lines, pytest.raises(Unauthenticated) as refused:
        trusting("*").verified(token)
    reason = REASONS.get(wrong, Reason.FORM)
    assert refused.value.words == (
        f"Phiên đăng nhập không dùng được: {reason.value.vi}. Mời đăng nhập lại.",
        f"The token is not valid: {reason.value.en}. Sign in again.",
    )
    (line,) = lines
    assert (line["event"], line["reason"]) == ("token_refused", reason.name.lower())
    assert not [part for part in token.split(".") if len(part) > 5 and part in line["error"]]
    assert "input_value" not in line["error"]


def test_an_issuer_vouches_for_its_tenants_alone():
    assert trusting("tri-ton").verified(signed(tenant="tri-ton")).tenant == "tri-ton"
    with pytest.raises(Unauthenticated, match="its issuer or key is not known here"):
        trusting("tri-ton").verified(signed(tenant="an-giang"))


def test_an_end_is_forgiven_a_few_seconds_of_clock_and_no_more():
    assert trusting("*").verified(signed(seconds=-2)).tenant == "an-giang"
    with pytest.raises(Unauthenticated):
        trusting("*").verified(signed(seconds=-20))


def test_a_clock_that_runs_ahead_a_little_is_forgiven():
    now = int(time.time())
    ahead = compact(header(KEY), claims(ISSUER, DOOR) | {"iat": now + 20, "nbf": now + 20}, by(KEY))
    assert trusting("*").verified(ahead).subject == "forger"


def test_a_public_key_is_told_without_its_private_part():
    assert set(Signer(ISSUER, OKPKey.import_key(KEY)).as_issuer()["jwks"]["keys"][0]) == {
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
NAMES = st.sampled_from([
    "iss", "aud", "sub", "tenant", "roles", "iat", "nbf", "exp", "jti",
    "phone", "email", "name", "unit",
])  # fmt: skip


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
