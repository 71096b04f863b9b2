"""A session from its convening to the certificate, and who may do what in it."""

import pytest

from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.hearing import told
from tests.evaluation.meeting import Meeting, ok


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
