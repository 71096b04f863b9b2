"""Whom the doors believe: the gateway its callers, a service the gateway alone."""

import time

import pytest
import urllib3

from chassis.tokens import GATEWAY, new_key
from tests.forged import forged, good
from tests.gateway.doors import CALLERS
from tests.gateway.problem import problem

PRIVATE = "/t/an-giang/echo/v1/things"
INSIDE = "/t/an-giang/v1/things"
WRONG = list(forged(new_key("any"), "any", "any"))


def direct(process, token: str) -> urllib3.BaseHTTPResponse:
    """Past the gateway, at the service's own door."""
    return process.ask(INSIDE, Authorization=f"Bearer {token}")


def passed(ask, token: str) -> str:
    """The token that the service got from the gateway."""
    heard = ask("GET", PRIVATE, token=token).json()
    return heard["headers"]["authorization"].removeprefix("Bearer ")


def test_the_service_hears_from_the_gateway_who_calls(ask, doors):
    said = ask("GET", PRIVATE, token=doors.token("administrator", "officer")).json()["caller"]
    left = said.pop("expires") - time.time()
    assert said == {
        "issuer": GATEWAY, "subject": "caller", "tenant": "an-giang",
        "roles": ["administrator", "officer"],
    }  # fmt: skip
    assert 5 < left <= 60


def test_without_a_token_none_goes_on_and_the_service_decides(ask):
    assert "authorization" not in ask("GET", PRIVATE + "/echo").json()["headers"]
    answer = ask("GET", PRIVATE)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_foreign_tenants_token_finds_nothing_private_and_all_that_is_public(ask, doors):
    theirs = doors.token("administrator", tenant="tri-ton")
    problem(ask("GET", PRIVATE, token=theirs), 404, "not-found")
    heard = ask("GET", PRIVATE + "/echo", token=theirs)
    assert heard.status == 200
    assert heard.json()["caller"]["tenant"] == "tri-ton"


def test_another_role_is_forbidden(ask, doors):
    problem(ask("GET", PRIVATE, token=doors.token("supervisor")), 403, "forbidden")


@pytest.mark.parametrize("path", [PRIVATE, PRIVATE + "/echo"], ids=["private", "public"])
@pytest.mark.parametrize("wrong", WRONG)
def test_the_gateway_refuses_a_forged_token(ask, doors, wrong, path):
    problem(ask("GET", path, token=forged(doors.caller_key, CALLERS, GATEWAY)[wrong]),
            401, "unauthenticated")  # fmt: skip
    assert doors.note("seen") == "", "the service was not even asked"


@pytest.mark.parametrize("wrong", WRONG)
def test_a_service_refuses_a_forged_token(doors, wrong):
    token = forged(doors.gateway_key, GATEWAY, "first")[wrong]
    problem(direct(doors.first, token), 401, "unauthenticated")


def test_what_the_forged_tokens_differ_from_passes_both(ask, doors):
    assert ask("GET", PRIVATE, token=good(doors.caller_key, CALLERS, GATEWAY)).status == 200
    assert direct(doors.first, good(doors.gateway_key, GATEWAY, "first")).status == 200


@pytest.mark.parametrize("scheme", ["Basic Y2FsbGVyOng=", "Bearer", "Bearer ", "token", ""])
def test_another_scheme_is_refused_and_not_taken_for_the_public(ask, scheme):
    answer = ask("GET", PRIVATE + "/echo", headers={"Authorization": scheme})
    problem(answer, 401, "unauthenticated")


def test_a_service_refuses_the_callers_own_token(doors):
    problem(direct(doors.first, doors.token("administrator")), 401, "unauthenticated")
    for_it = doors.token("administrator", audience="first")
    problem(direct(doors.first, for_it), 401, "unauthenticated")


def test_the_gateways_token_for_one_instance_is_worth_nothing_at_another(ask, doors):
    token = passed(ask, doors.token("administrator"))
    assert direct(doors.first, token).status == 200
    problem(direct(doors.second, token), 401, "unauthenticated")


def test_the_gateways_token_is_worth_nothing_at_the_gateway(ask, doors):
    token = passed(ask, doors.token("administrator"))
    problem(ask("GET", PRIVATE, token=token), 401, "unauthenticated")


def test_the_gateways_token_never_outlives_the_callers(ask, doors):
    heard = ask("GET", PRIVATE, token=doors.token("administrator", seconds=20)).json()
    assert heard["caller"]["expires"] <= time.time() + 20
