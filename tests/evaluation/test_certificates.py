"""Certificates: of earlier awards one each, whatever the order in which the award's facts come; of
decisions signed, so that anybody can tell a genuine one and what it is worth today."""

import json
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import AlreadyHandled
from contracts.dossier import (
    AwardFacts,
    CertifiedFacts,
    EarlierAwardRecorded,
    EarlierAwardWithdrawn,
)
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateFacts,
    CertificateIssued,
    Origin,
)
from contracts.event import Envelope, Event
from rules.days import VIETNAM
from services.evaluation.adapters.signatures import Seal
from services.evaluation.domain.certificates import Certificate, Grant, Validity
from services.evaluation.entrypoints.http import check_address, create_app
from services.evaluation.entrypoints.worker import on_award
from services.evaluation.settings import Settings
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, keep, ok

AWARD = AwardFacts(
    product_id=str(uuid4()), star=4, potential=5, reported_on=date(2023, 12, 31), source="Danh sách"
)


def envelope(event: Event, subject: str, version: int, tenant: str = "tri-ton") -> Envelope:
    return Envelope.of(
        event, subject=subject, tenant=tenant, version=version, at="2026-01-01T00:00:00Z"
    )


def take(one: Envelope) -> None:
    with entered(Scope(one.tenant, "test")):
        on_award(one)


def told(database: Any) -> list[Event]:
    return [Envelope.decoded(row["body"]).data for row in database.outbox.find()]


def test_an_earlier_award_gives_a_certificate_of_which_only_the_report_is_known(database):
    award_id = str(uuid4())
    take(envelope(EarlierAwardRecorded(award=AWARD), award_id, 1))
    facts = CertificateFacts(
        product_id=AWARD.product_id, star=4, potential=5, origin=Origin.IMPORTED,
        award_id=award_id, number=None, decided_on=None, expires_on=None,
        reported_on=date(2023, 12, 31), source="Danh sách",
    )  # fmt: skip
    (row,) = database.certificates.find()
    assert (row["tenant"], row["annulled"]) == ("tri-ton", False)
    assert CertificateFacts.model_validate(row["facts"]) == facts
    assert told(database) == [CertificateIssued(certificate=facts)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_withdrawn_award_annuls_in_any_order(database, order):
    """1 recorded, 2 a later change of it, 3 withdrawn: the last version has the last word."""
    award_id = str(uuid4())
    facts = [
        envelope(EarlierAwardRecorded(award=AWARD), award_id, 1),
        envelope(EarlierAwardRecorded(award=AWARD), award_id, 2),
        envelope(EarlierAwardWithdrawn(award=AWARD), award_id, 3),
    ]
    for number in order:
        take(facts[number])
    (row,) = database.certificates.find()
    assert (row["annulled"], row["award_version"]) == (True, 3)
    assert isinstance(told(database)[-1], CertificateAnnulled)


def test_a_repeated_event_changes_and_tells_nothing(database):
    one = envelope(EarlierAwardRecorded(award=AWARD), str(uuid4()), 1)
    take(one)
    with pytest.raises(AlreadyHandled):
        take(one)
    assert len(told(database)) == database.certificates.count_documents({}) == 1


@pytest.fixture
def client(served):
    return served("evaluation", create_app)


def test_the_public_reads_a_certificate_of_the_province_or_its_district_and_no_others(
    client, database
):
    take(envelope(EarlierAwardRecorded(award=AWARD), str(uuid4()), 1))
    id = database.certificates.find_one()["_id"]
    for tenant, status in (
        ("tri-ton", 200),
        ("an-giang", 200),
        ("chau-doc", 404),
        ("tinh-mau", 404),
    ):
        answer = client.get(f"/t/{tenant}/v1/certificates/{id}")
        assert (tenant, answer.status_code) == (tenant, status)
    assert client.get(f"/t/tri-ton/v1/certificates/{id}").json["facts"]["number"] is None


def test_the_list_is_the_tenants_and_those_below_page_by_page(client, issuer, database):
    for tenant in ("tri-ton", "chau-doc", "tri-ton", "huyen-mau"):
        award = AWARD.model_copy(update={"product_id": str(uuid4())})
        take(envelope(EarlierAwardRecorded(award=award), str(uuid4()), 1, tenant))

    def listed(tenant: str) -> list[str]:
        after, found = "", []
        while after is not None:
            query = f"?limit=2&after={after}" if after else "?limit=2"
            page = client.get(
                f"/t/{tenant}/v1/certificates{query}",
                headers=issuer.header("evaluation", tenant, "officer"),
            ).json
            found += page["items"]
            after = page["after"]
        return sorted(one["tenant"] for one in found)

    assert listed("an-giang") == ["chau-doc", "tri-ton", "tri-ton"]
    assert listed("tri-ton") == ["tri-ton", "tri-ton"]
    assert listed("an-phu") == []


# -- issued, and checked by anybody


CHECKS = "/t/huyen-mau/v1/certificate-checks"
GRANT = Grant(
    tenant="huyen-mau", product_id=str(uuid4()),
    certified=CertifiedFacts(product="Đường thốt nốt mẫu", producer="Cơ sở Mẫu"),
    contacts=(), star=3, potential=None, level="district",
    agency="Ủy ban nhân dân Huyện Mẫu", decision="12/QĐ-UBND", decision_id=str(uuid4()),
    decided_on=date(2020, 3, 2), expires_on=date(2023, 3, 2), dossier_id=str(uuid4()),
    package_id=str(uuid4()),
)  # fmt: skip


@pytest.fixture
def issued(client, issuer) -> dict[str, Any]:
    """What anybody is told of a certificate that was issued."""
    meeting = Meeting.of(Caller(client, issuer)).scored(72, 74).close().approve()
    number = meeting.decide()["products"][0]["certificate_number"]
    return ok(client.get(f"{CHECKS}?number={number}"))


def checked(client: Any, issued: dict[str, Any], tenant: str = "huyen-mau") -> Any:
    number = issued["certificate"]["facts"]["number"]
    return client.get(f"/t/{tenant}/v1/certificate-checks?number={number}")


def test_anybody_sees_what_a_certificate_says_and_verifies_it_with_the_public_keys(client, issued):
    assert (issued["genuine"], issued["validity"], issued["on"]) == (
        True, "valid", datetime.now(UTC).astimezone(VIETNAM).date().isoformat(),
    )  # fmt: skip
    assert (issued["product"], issued["producer"]) == ("Đường thốt nốt mẫu", "Cơ sở Mẫu")
    keys = ok(client.get("/t/huyen-mau/v1/certificate-keys"))
    found = jws.deserialize_compact(
        issued["signature"], KeySet.import_key_set(keys), algorithms=["EdDSA"]
    )
    facts = issued["certificate"]["facts"]
    assert facts["certified"] == {
        "product": "Đường thốt nốt mẫu", "producer": "Cơ sở Mẫu",
        "producer_address": "xã Mẫu, huyện Mẫu", "address": "xã Mẫu, huyện Mẫu", "set": 4,
    }  # fmt: skip
    said = json.loads(found.payload)
    sealed = {name: said.pop(name) for name in ("iss", "iat", "jti", "tenant")}
    assert (sealed["jti"], sealed["tenant"]) == (issued["certificate"]["id"], "huyen-mau")
    assert said == {
        **facts["certified"],
        **{
            name: facts[name]
            for name in (
                "number", "star", "decided_on", "expires_on", "agency", "decision", "level",
                "product_id",
            )
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("facts.star", 5), ("facts.expires_on", "2099-01-01"),
        ("facts.certified.producer", "Cơ sở Khác"), ("facts.certified.set", 5),
        ("facts.certified.product", "Sản phẩm khác"), ("facts.certified.address", "xã Khác"),
        ("facts.certified.producer_address", None), ("facts.agency", "Ủy ban nhân dân khác"),
        ("signature", "x.y.z"), ("signature", ""),
    ],
)  # fmt: skip
def test_a_certificate_that_says_something_else_than_was_signed_is_not_genuine(
    client, issued, database, field, value
):
    id = issued["certificate"]["id"]
    database.certificates.update_one({"_id": id}, {"$set": {field: value}})
    assert ok(checked(client, issued))["genuine"] is not True


def test_a_signature_by_another_key_or_over_another_kind_of_text_is_not_genuine(
    client, issued, database, issuer
):
    id, content = issued["certificate"]["id"], json.dumps({"star": 5})
    other = Seal(OKPKey.generate_key("Ed25519", {"kid": "test"}))
    same = Seal.read(issuer.key)
    assert same.genuine(same.sign(content), content)
    assert not same.genuine(other.sign(content), content)
    assert not same.genuine(same.sign(content), f"{content} ")
    token = issuer.header("evaluation", "huyen-mau")["Authorization"].removeprefix("Bearer ")
    payload = jws.extract_compact(token.encode()).payload.decode()
    assert not same.genuine(token, payload)  # the same key signs tokens in the tests
    signature = other.sign(content)
    database.certificates.update_one({"_id": id}, {"$set": {"signature": signature}})
    assert ok(checked(client, issued))["genuine"] is False


def test_what_was_sealed_over_two_names_stays_genuine(client, database, issuer):
    """As certificates lie there that were sealed before their facts said what was certified."""
    certificate = Certificate.issued(GRANT, "08/2020/OCOP-HUYEN-MAU")
    certificate.signature = Seal.read(issuer.key).sign(
        f'{{"agency":"Ủy ban nhân dân Huyện Mẫu","decided_on":"2020-03-02",'
        f'"decision":"12/QĐ-UBND","expires_on":"2023-03-02","level":"district",'
        f'"number":"08/2020/OCOP-HUYEN-MAU","producer":"Cơ sở Mẫu",'
        f'"product":"Đường thốt nốt mẫu","product_id":"{GRANT.product_id}","star":3}}'
    )
    keep("huyen-mau", certificate)
    names = {"product": "Đường thốt nốt mẫu", "producer": "Cơ sở Mẫu"}
    database.certificates.update_one({}, {"$set": names, "$unset": {"facts.certified": 1}})
    found = ok(client.get(f"{CHECKS}?number=08/2020/OCOP-HUYEN-MAU"))
    assert (found["genuine"], found["certificate"]["facts"]["certified"]) == (True, None)
    assert {name: found[name] for name in names} == names


def test_an_expired_certificate_is_genuine_and_said_to_have_expired(client, issuer):
    """Signed by the same key as of three years before."""
    certificate = Certificate.issued(GRANT, "07/2020/OCOP-HUYEN-MAU")
    certificate.signature = Seal.read(issuer.key).sign(certificate.content)
    keep("huyen-mau", certificate)
    found = ok(client.get(f"{CHECKS}?number=07/2020/OCOP-HUYEN-MAU"))
    assert (found["genuine"], found["validity"]) == (True, "expired")


@pytest.mark.parametrize(
    ("on", "validity"),
    [
        (date(2023, 3, 1), Validity.VALID), (date(2023, 3, 2), Validity.VALID),
        (date(2023, 3, 3), Validity.EXPIRED),
    ],
)  # fmt: skip
def test_a_certificate_is_valid_on_its_last_day(on, validity):
    assert Certificate.issued(GRANT, "01/2020/OCOP-HUYEN-MAU").validity(on) is validity


def test_an_imported_one_is_as_reported_and_has_nothing_to_be_genuine_by(client, database):
    words = CertifiedFacts(product="Trà mẫu", producer="Hộ Mẫu", address="xã Mẫu")
    for certified in (None, words):
        award = AWARD.model_copy(update={"certified": certified})
        take(envelope(EarlierAwardRecorded(award=award), (id := str(uuid4())), 1))
        id = database.certificates.find_one({"award": id})["_id"]
        found = ok(client.get(f"/t/tri-ton/v1/certificate-checks?id={id}"))
        assert (found["genuine"], found["validity"]) == (None, "as-reported")
        assert found["product"] == (certified and certified.product)
        assert CertificateFacts(**found["certificate"]["facts"]).certified == certified


def test_a_number_is_found_as_somebody_types_it_and_only_where_it_is(client, issued):
    number = issued["certificate"]["facts"]["number"]
    assert ok(client.get(f"{CHECKS}?number=%20{number.lower()}%20")) == issued
    for tenant, status in (("tinh-mau", 200), ("an-giang", 404), ("tri-ton", 404)):
        assert checked(client, issued, tenant).status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "", "?number=", "?number=12", f"?number=01/2026/OCOP-X&id={GRANT.product_id}",
        "?number[$ne]=1", "?number=01/2026/OCOP-X&number=02/2026/OCOP-X", "?id=x",
    ],
)  # fmt: skip
def test_a_check_asks_for_one_number_or_one_id(client, query):
    assert client.get(f"{CHECKS}{query}").status_code == 422


def test_an_unknown_number_is_not_there(client):
    assert client.get(f"{CHECKS}?number=99/2026/OCOP-HUYEN-MAU").status_code == 404


def test_the_code_on_a_certificate_leads_to_a_page_for_people_where_there_is_one() -> None:
    told = {"gateway": "http://gateway:8000", "public_gateway": None, "public_portal": None}

    def address(**more: str) -> str:
        return check_address(Settings.model_construct(**told | more), "tri-ton", "01/2026/OCOP")

    query = "number=01%2F2026%2FOCOP"
    check = f"/t/tri-ton/evaluation/v1/certificate-checks?{query}"
    assert address() == f"http://gateway:8000{check}"
    public = {"public_gateway": "https://api.example"}
    assert address(**public) == f"https://api.example{check}"
    assert address(**public, public_portal="https://ocop.example") == (
        f"https://ocop.example/t/tri-ton/giay-chung-nhan?{query}"
    )
