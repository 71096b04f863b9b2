"""Results of a level without records here: entered with a paper, confirmed by another person."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts.councils import Seat
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateChanged,
    CertificateIssued,
    PaperRequested,
)
from contracts.results import HigherFacts, HigherResultAnnulled, HigherResultConfirmed
from services.evaluation.domain.papers import CertificatePaper
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.hearing import LOWER, UPPER, told
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import package
from tests.files import locked_pdf, pdf, picture

TODAY = (datetime.now(UTC) + timedelta(hours=7)).date()


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app), issuer, tenant=UPPER)


def gone_up(door: Caller, *, decided: bool = True, total: int = 95, star: int = 5) -> Meeting:
    """A product of the district, of which the province's council found 5 stars."""
    one = package(UPPER)
    one.owner = LOWER
    keep(UPPER, one)
    meeting = Meeting.of(door, tenant=UPPER, level="province", packages=[one])
    keep(UPPER, meeting.council)
    meeting.scored(total, total, star=star).close().approve()
    if decided:
        meeting.decide(f"{uuid4().hex[:6]}/QĐ-UBND")
    return meeting


def entry(meeting: Meeting, **other: Any) -> dict[str, Any]:
    (result,) = meeting.results
    usual = {
        "result_id": result["id"], "level": "centre", "agency": "Bộ Mẫu", "total": "93.25",
        "star": 5, "number": "100/QĐ-BM", "decided_on": TODAY.isoformat(),
    }  # fmt: skip
    return usual | other


RECOGNISED = {"star": 4, "number": "77/QĐ-UBND", "decided_on": TODAY.isoformat()}


def attach(who: Caller, id: str, content: bytes, name: str = "qd.pdf", **sent: Any) -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return who._send("PUT", f"/higher-results/{id}/paper", data=data, **sent)


def entered(meeting: Meeting, **other: Any) -> dict[str, Any]:
    """With its paper."""
    one = ok(meeting.officer.post("/higher-results", entry(meeting, **other)), 201)
    return ok(attach(meeting.officer, one["id"], pdf("quyết định")))


def confirm(meeting: Meeting, one: dict[str, Any], **sent: Any) -> Any:
    return meeting.authority.post(f"/higher-results/{one['id']}/confirmation", **sent)


def certificates(meeting: Meeting) -> list[dict[str, Any]]:
    """Its product's, in the order of their numbers."""
    found = ok(meeting.officer.get("/certificates?limit=200"))["items"]
    product = meeting.packages[0].manifest.product_id
    own = [one for one in found if one["facts"]["product_id"] == product]
    return sorted(own, key=lambda one: one["facts"]["number"])


def events(database: Any) -> list[Any]:
    """What was told, without the asking for papers."""
    return [event for _, event in told(database) if not isinstance(event, PaperRequested)]


def test_five_stars_of_the_centre_take_the_place_of_the_provinces_four(door, database):
    meeting = gone_up(door)
    (before,) = certificates(meeting)
    assert (before["facts"]["star"], before["facts"]["potential"]) == (4, 5)
    one = entered(meeting)
    assert (one["state"], one["paper"], one["found"]["total"]) == ("entered", "qd.pdf", "93.25")
    confirmed = ok(confirm(meeting, one))
    assert (confirmed["state"], confirmed["settled"]["by"]) == ("confirmed", "authority")
    first, five = certificates(meeting)
    assert five["id"] == confirmed["certificate_id"]
    assert (five["tenant"], five["annulled"]) == (LOWER, False)
    facts = five["facts"]
    assert (facts["star"], facts["potential"], facts["level"]) == (5, None, "centre")
    assert (facts["agency"], facts["decision"]) == ("Bộ Mẫu", "100/QĐ-BM")
    assert facts["decided_on"] == TODAY.isoformat()
    assert facts["expires_on"][:4] == str(TODAY.year + 3)
    assert first["facts"]["replaced_by"] == five["id"]
    checked = ok(door.get(f"/certificate-checks?number={facts['number']}"))
    assert (checked["genuine"], checked["validity"]) == (True, "valid")
    issued, changed, confirmation = events(database)[-3:]
    assert [type(one) for one in (issued, changed, confirmation)] == [
        CertificateIssued, CertificateChanged, HigherResultConfirmed,
    ]  # fmt: skip
    manifest = meeting.packages[0].manifest
    assert issued.contacts == confirmation.contacts == manifest.contacts
    assert confirmation.owner == LOWER
    (result,) = meeting.results
    assert confirmation.higher == HigherFacts(
        result_id=result["id"], dossier_id=manifest.dossier_id, product_id=manifest.product_id,
        product=manifest.product.name, producer=manifest.producer.name, level="centre",
        agency="Bộ Mẫu", total=Decimal("93.25"), star=5, number="100/QĐ-BM", decided_on=TODAY,
        certificate_number=facts["number"],
    )  # fmt: skip


def papers(who: Caller, subject: str) -> list[dict[str, Any]]:
    return list(ok(who.get(f"/papers?subject={subject}"))["items"])


@pytest.mark.parametrize("recognised", [False, True])
def test_its_certificate_has_a_paper_that_its_producer_reads(door, database, recognised):
    meeting = gone_up(door)
    said = {"total": "85", "star": 4, "recognise": RECOGNISED} if recognised else {}
    id = ok(confirm(meeting, entered(meeting, **said)))["certificate_id"]
    by = {"subject": "producer", "phone": meeting.packages[0].manifest.contacts[0].phone}
    (one,) = papers(door.as_("producer", tenant=LOWER, **by), id)
    (facts,) = [each["facts"] for each in certificates(meeting) if each["id"] == id]
    assert (one["kind"], one["subject"]) == ("certificate", id)
    assert one["title"] == f"Giấy chứng nhận số {facts['number']}"
    assert papers(door.as_("producer", tenant=LOWER, phone="0900000099"), id) == []
    kept = database.papers.find_one({"subject": id})
    content = CertificatePaper.model_validate_json(kept["content"])
    agency = "Ủy ban nhân dân Tỉnh Mẫu" if recognised else "Bộ Mẫu"
    assert (content.authority, content.head.agency, content.decision.agency) == (agency,) * 3
    assert (content.star, content.decision.number) == (facts["star"], facts["decision"])
    title = "CHỦ TỊCH" if recognised else "BỘ MẪU"
    assert content.signatory.title == title
    assert database.outbox.count_documents({"key": f"paper.requested.v1.{LOWER}"}) == 2


def test_one_that_certifies_nothing_has_no_paper_and_is_told_all_the_same(door, database):
    meeting = gone_up(door)
    before = database.papers.count_documents({})
    ok(confirm(meeting, entered(meeting, total="85", star=4)))
    assert database.papers.count_documents({}) == before
    confirmation = events(database)[-1]
    assert (confirmation.higher.star, confirmation.higher.certificate_number) == (4, None)


def test_under_five_nothing_is_potential_any_more(door, database):
    for total, star in (("89.99", 4), ("69", 3), ("31", 2), ("12.5", 1)):
        meeting = gone_up(door)
        before = len(events(database))
        confirmed = ok(confirm(meeting, entered(meeting, total=total, star=star)))
        (one,) = certificates(meeting)
        facts = one["facts"]
        assert (facts["star"], facts["potential"], facts["replaced_by"]) == (4, None, None)
        assert confirmed["certificate_id"] is None
        event, confirmation = events(database)[before:]
        assert (type(event), event.certificate.potential) == (CertificateChanged, None)
        assert type(confirmation) is HigherResultConfirmed


def test_five_of_the_band_with_a_missed_gate_are_four_stars(door):
    meeting = gone_up(door)
    failed = [{"criterion": "1.5", "star": 5}]
    body = entry(meeting, total=92, star=5, failed=failed)
    answer = meeting.officer.post("/higher-results", body)
    assert (answer.status_code, wrong(answer)) == (422, ["star"])
    ok(meeting.officer.post("/higher-results", body | {"star": 4}), 201)


def test_the_province_recognises_a_star_on_it_instead(door, database):
    for star in (4, 3):
        meeting = gone_up(door)
        one = entered(meeting, total="85", star=4, recognise=RECOGNISED | {"star": star})
        before = len(events(database))
        confirmed = ok(confirm(meeting, one))
        first, other = certificates(meeting)
        facts = other["facts"]
        assert (other["id"], facts["star"]) == (confirmed["certificate_id"], star)
        assert (facts["level"], facts["decision"]) == ("province", "77/QĐ-UBND")
        assert (facts["agency"], facts["potential"]) == ("Ủy ban nhân dân Tỉnh Mẫu", None)
        assert facts["replaced_by"] is None
        assert (first["facts"]["replaced_by"], first["facts"]["potential"]) == (other["id"], None)
        *issued, confirmation = events(database)[before:]
        assert [type(event) for event in issued] == [CertificateIssued, CertificateChanged]
        assert confirmation.higher.recognised == star
        assert confirmation.higher.certificate_number == facts["number"]


def test_a_star_is_recognised_only_after_this_levels_own_decision(door):
    meeting = gone_up(door, decided=False)
    one = entered(meeting, total="85", star=4, recognise=RECOGNISED)
    assert confirm(meeting, one).status_code == 409
    assert certificates(meeting) == []
    meeting.decide()
    ok(confirm(meeting, one))


def test_a_wrong_entry_is_refused_by_its_field(door, database):
    meeting = gone_up(door)
    yesterday, tomorrow = ((TODAY + timedelta(days=by)).isoformat() for by in (-1, 1))
    for change, fields in (
        ({"result_id": str(uuid4())}, ["result_id"]),
        ({"result_id": "x"}, ["result_id"]),
        ({"level": "ministry"}, ["level"]),
        ({"level": "province"}, ["level"]),
        ({"level": "moon"}, ["level"]),
        ({"total": "89.99"}, ["star"]),
        ({"total": "100.01"}, ["total"]),
        ({"total": "-1"}, ["total"]),
        ({"total": "NaN"}, ["total"]),
        ({"star": 4}, ["star"]),
        ({"star": 6}, ["star"]),
        ({"failed": [{"criterion": "x", "star": 4}]}, ["failed.0.criterion"]),
        ({"decided_on": yesterday}, ["decided_on"]),
        ({"decided_on": tomorrow}, ["decided_on"]),
        ({"agency": " "}, ["agency"]),
        ({"number": {"$ne": None}}, ["number"]),
        ({"recognise": RECOGNISED}, ["recognise.star"]),
        ({"total": "85", "star": 4, "recognise": RECOGNISED | {"star": 5}}, ["recognise.star"]),
        ({"total": "60", "star": 3, "recognise": RECOGNISED}, ["recognise.star"]),
        ({"total": "40", "star": 2, "recognise": RECOGNISED | {"star": 3}}, ["recognise.star"]),
        (
            {"total": "85", "star": 4, "recognise": RECOGNISED | {"decided_on": tomorrow}},
            ["recognise.decided_on"],
        ),
        ({"certificate": 1}, ["certificate"]),
    ):
        answer = meeting.officer.post("/higher-results", entry(meeting, **change))
        assert (change, answer.status_code, wrong(answer)) == (change, 422, fields)
    assert database.higher_results.count_documents({}) == 0


def test_only_a_result_that_went_up_has_one_and_only_one(door):
    low = gone_up(door, total=72, star=4)
    answer = low.officer.post("/higher-results", entry(low))
    assert answer.status_code == 409
    meeting = gone_up(door)
    with ThreadPoolExecutor(4) as pool:
        body = entry(meeting)
        sent = pool.map(lambda _: meeting.officer.post("/higher-results", body), range(4))
        assert sorted(one.status_code for one in sent) == [201, 409, 409, 409]
    (one,) = ok(meeting.officer.get("/higher-results"))["items"]
    ok(meeting.authority.post(f"/higher-results/{one['id']}/rejection", REASON))
    again = entered(meeting)
    ok(confirm(meeting, again))
    assert meeting.officer.post("/higher-results", body).status_code == 409


def test_an_annulled_result_is_not_confirmed_on(door):
    meeting = gone_up(door, decided=False)
    one = entered(meeting)
    (result,) = meeting.results
    ok(meeting.chair.post(f"/results/{result['id']}/annulment", REASON))
    assert confirm(meeting, one).status_code == 409
    assert certificates(meeting) == []


def test_who_does_what_with_it_and_in_which_order(door):
    meeting = gone_up(door)
    officer, authority = meeting.officer, meeting.authority
    body = entry(meeting)
    for role in ("authority", "help-team", "producer", "supervisor", "commune-officer", "nobody"):
        assert door.as_(role).post("/higher-results", body).status_code == 403
    other = door.as_("officer", tenant=LOWER)
    assert (other.post("/higher-results", body).status_code) == 422
    one = ok(officer.post("/higher-results", body), 201)
    path = f"/higher-results/{one['id']}"
    assert one["may"] == ["paper"]
    assert confirm(meeting, one).status_code == 409  # no paper yet
    both = door.as_("officer", "authority", subject="both")
    ok(attach(both, one["id"], pdf("1")))
    for who, status in (
        (both, 403),  # attached its paper
        (door.as_("authority", subject="officer"), 403),  # entered it
        (officer, 403),
        (door.as_("administrator", subject="x"), 403),
        (door.as_(subject="x"), 403),
        (door.as_("authority", tenant=LOWER, subject="x"), 404),
        (door.as_("authority", tenant="an-giang", subject="x"), 404),
    ):
        assert (who, who.post(f"{path}/confirmation").status_code) == (who, status)
        assert ok(officer.get(path))["state"] == "entered"
    stale = authority.post(f"{path}/confirmation", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert ok(authority.get(path))["may"] == ["confirmation", "rejection"]
    ok(authority.post(f"{path}/confirmation", headers={"If-Match": '"2"'}))
    for again in (
        authority.post(f"{path}/confirmation"),
        authority.post(f"{path}/rejection", REASON),
        attach(officer, one["id"], pdf("2")),
    ):
        assert again.status_code == 409
    assert len(certificates(meeting)) == 2
    assert ok(authority.get(path))["may"] == ["annulment"]


def test_two_who_confirm_at_once_issue_one_certificate(door):
    meeting = gone_up(door)
    one = entered(meeting)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: confirm(meeting, one), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    assert len(certificates(meeting)) == 2


def test_what_was_confirmed_by_mistake_is_annulled_and_all_is_as_before(door, database):
    for said in (
        {},
        {"total": "85", "star": 4},
        {"total": "85", "star": 4, "recognise": RECOGNISED},
        {"total": "55", "star": 3, "recognise": RECOGNISED | {"star": 3}},
    ):
        meeting = gone_up(door)
        (before,) = certificates(meeting)
        one = ok(confirm(meeting, entered(meeting, **said)))
        path, told_before = f"/higher-results/{one['id']}/annulment", len(events(database))
        for who, status in (
            (meeting.officer, 403),
            (door.as_("authority", tenant=LOWER), 404),
            (meeting.authority, 200),
            (meeting.authority, 409),
        ):
            assert who.post(path, REASON).status_code == status
        first, *others = certificates(meeting)
        assert (said, first) == (said, before)
        assert [other["annulled"] for other in others] == ([True] if one["certificate_id"] else [])
        *changed, annulled = events(database)[told_before:]
        expected = [CertificateAnnulled] * bool(others) + [CertificateChanged]
        assert [type(event) for event in changed] == expected
        assert (type(annulled), annulled.reason) == (HigherResultAnnulled, REASON["reason"])
        assert (annulled.owner, annulled.contacts) == (
            LOWER, meeting.packages[0].manifest.contacts,
        )  # fmt: skip
        numbers = [other["facts"]["number"] for other in others]
        assert [annulled.higher.certificate_number] == (numbers or [None])
        ok(confirm(meeting, entered(meeting)))
        assert certificates(meeting)[-1]["facts"]["star"] == 5


def test_its_paper_is_a_pdf_and_read_by_the_tenants_officers(door, database):
    meeting = gone_up(door)
    one = ok(meeting.officer.post("/higher-results", entry(meeting)), 201)
    path = f"/higher-results/{one['id']}/paper"
    assert meeting.officer.get(path).status_code == 404
    for content, name, status in (
        (picture("PNG"), "qd.png", 422),
        (picture("PNG"), "qd.pdf", 422),
        (b"%PDX", "qd.pdf", 415),
        (b"", "qd.pdf", 422),
        (pdf()[:100], "qd.pdf", 422),
        (locked_pdf(), "qd.pdf", 422),
    ):
        assert attach(meeting.officer, one["id"], content, name).status_code == status
    assert attach(meeting.officer, str(uuid4()), pdf()).status_code == 404
    assert attach(door.as_("officer", tenant=LOWER), one["id"], pdf()).status_code == 404
    assert database["files.files"].count_documents({}) == 0
    ok(attach(meeting.officer, one["id"], pdf("một"), "../../quyết định.pdf"))
    for who, status in (
        (meeting.officer, 200),
        (meeting.authority, 200),
        (door.as_("administrator"), 200),
        (door.as_("help-team"), 403),
        (meeting.producer(), 403),
        (meeting.member(meeting.seat(Seat.CHAIR)), 403),
        (door.as_("supervisor"), 403),
        (door.as_("officer", tenant=LOWER), 404),
    ):
        answer = who.get(path)
        assert (who, answer.status_code) == (who, status)
        assert who.get(path.removesuffix("/paper")).status_code == status
    file = meeting.officer.get(path)
    assert (file.data, file.mimetype) == (pdf("một"), "application/pdf")
    assert ok(meeting.officer.get(path.removesuffix("/paper")))["paper"] == "quyết định.pdf"
