"""A session from its convening to the certificate, and who may do what in it."""

import pytest

from contracts.results import DecisionMade, ResultApproved
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.hearing import LOWER, UPPER, told
from tests.evaluation.meeting import Meeting, keep, ok
from tests.evaluation.people import package


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app), issuer)


def test_a_package_goes_from_the_agenda_to_a_certificate_that_anybody_checks(door, database):
    meeting = Meeting.of(door).scored(72, 74).close().approve()
    (result,) = meeting.results
    assert (result["facts"]["total"], result["facts"]["star"]) == ("73", 4)
    decision = meeting.decide()
    (line,) = decision["products"]
    checked = ok(door.get(f"/certificate-checks?number={line['certificate_number']}"))
    assert (checked["genuine"], checked["validity"]) == (True, "valid")
    assert checked["certificate"]["facts"]["star"] == 3
    assert [type(event).__name__ for _, event in told(database)] == [
        "SessionConvened", "SessionOpened", "ScoringRevealed", "SessionClosed",
        *["PaperRequested"] * 4, "ResultApproved", "ResultEscalated", "SessionApproved",
        "PaperRequested", "CertificateIssued", "DecisionMade", *["PaperRequested"] * 2,
    ]  # fmt: skip


def test_the_province_tells_of_each_product_whose_it_is(door, database):
    ours, theirs = package(UPPER), package(UPPER)
    theirs.owner = LOWER
    keep(UPPER, ours, theirs)
    meeting = Meeting.of(door, tenant=UPPER, level="province", packages=[ours, theirs])
    meeting.scored().close().approve().decide()
    events = [event for _, event in told(database)]
    of = {one.manifest.product_id: one.owner for one in (ours, theirs)}
    approved = [one for one in events if isinstance(one, ResultApproved)]
    assert {one.result.product_id: one.owner for one in approved} == of
    (decision,) = [one for one in events if isinstance(one, DecisionMade)]
    assert {one.product_id: one.tenant for one in decision.products} == of
