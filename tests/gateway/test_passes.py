"""The gateway's own tokens are kept while they are good, and no longer."""

import base64
import json
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from chassis.tokens import Caller, Signer, new_key
from gateway import passes
from gateway.passes import Passes


class Clock:
    """The gateway's time; its signer's and the doors' is the real one."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def made(clock: Clock) -> Passes:
    return Passes(Signer("here", OKPKey.import_key(new_key("k"))), clock)


def caller(clock: Clock, **said: Any) -> Caller:
    left = said.pop("seconds", 3600)
    return Caller.model_validate(
        {"iss": "there", "sub": "one", "tenant": "an-giang", "roles": ["officer"]}
        | {"exp": int(clock.now) + left} | said
    )  # fmt: skip


def claims(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return found


def life(token: str) -> int:
    return int(claims(token)["exp"] - claims(token)["iat"])


def test_one_token_serves_while_it_is_good_and_another_follows_before_its_end(made, clock):
    one = caller(clock)
    first = made.of(one, "dossier")
    given = {first}
    for _ in range(120):
        clock.now += 1
        given.add(made.of(one, "dossier"))
    assert 3 <= len(given) <= 4
    assert life(first) == passes.LIFE_S
    assert passes.LIFE_S - passes.MARGIN_S == 50


@pytest.mark.parametrize(
    "other",
    [
        {"sub": "two"}, {"tenant": "tri-ton"}, {"roles": ["administrator"]}, {"iss": "x"},
        {"exp": 9}, {"phone": "0901234567"}, {"email": "a@b.vn"}, {"name": "A"}, {"unit": "xã A"},
    ],
)  # fmt: skip
def test_another_caller_gets_another(made, clock, other):
    assert made.of(caller(clock), "dossier") != made.of(caller(clock, **other), "dossier")


def test_it_says_all_that_the_callers_own_says(made, clock):
    about = {"phone": "0901234567", "email": "a@b.vn", "name": "Chị Tư", "unit": "xã Mẫu"}
    roles = ["commune-officer", "officer"]
    said = claims(made.of(caller(clock, roles=roles, **about), "dossier"))
    assert {name: said[name] for name in about} == about
    assert (said["sub"], said["tenant"], said["roles"]) == ("one", "an-giang", roles)
    assert claims(made.of(caller(clock), "dossier")).keys() & about.keys() == set()


def test_another_instance_gets_another(made, clock):
    assert made.of(caller(clock), "dossier") != made.of(caller(clock), "catalog")


def test_it_ends_with_the_callers_own(made, clock):
    assert life(made.of(caller(clock, seconds=7), "dossier")) == 7


def test_their_number_is_bounded(made, clock):
    for number in range(passes.KEPT + 10):
        made._kept(caller(clock, sub=str(number)), "dossier", 0)
    assert made._kept.cache_info().currsize == passes.KEPT
