"""The inbox: one's own, by the phone number or the address of the token, and nobody else's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.event import Envelope
from contracts.person import Contact
from services.notification.entrypoints.http import create_app
from tests.conftest import Issuer
from tests.notification.news import (
    HOA,
    LAN,
    TU,
    approved,
    convened,
    decided,
    news,
    returned,
    take,
)

BEGAN = datetime(2026, 1, 5, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def http(served: Any) -> Any:
    return served("notification", create_app, SMTP="smtp://127.0.0.1:9", SENDER="ocop@ocop.example")


class Reader:
    """Somebody with a token of a tenant."""

    def __init__(self, http: Any, issuer: Issuer, tenant: str, *roles: str, **about: Any) -> None:
        self._http, self._tenant = http, tenant
        self._headers = issuer.header("notification", tenant, *roles, **about)

    def get(self, path: str = "", status: int = 200, **query: Any) -> Any:
        answer = self._http.get(
            f"/t/{self._tenant}/v1/messages{path}", headers=self._headers, query_string=query
        )
        assert answer.status_code == status, answer.json
        return answer.json

    def post(self, path: str, status: int = 200) -> Any:
        answer = self._http.post(f"/t/{self._tenant}/v1/messages{path}", headers=self._headers)
        assert answer.status_code == status, answer.json
        return answer.json

    @property
    def titles(self) -> list[str]:
        return [one["title"]["vi"] for one in self.get()["items"]]


@pytest.fixture
def reader(http: Any, issuer: Issuer) -> Any:
    return lambda *roles, tenant="huyen-mau", **about: Reader(http, issuer, tenant, *roles, **about)


@pytest.fixture
def full(database: Any, tenants: Any) -> list[Envelope]:
    """Of Hoa five messages, of Tư one, of Lan two; one of another Hoa in another district."""
    told = [
        news(returned(HOA, LAN), at=BEGAN),
        *(news(convened(HOA, place=f"Phòng {n}"), at=BEGAN + timedelta(hours=n)) for n in (1, 2)),
        news(returned(TU), at=BEGAN + timedelta(hours=3)),
        news(convened(Contact(name="Hoa", phone=HOA.phone)), at=BEGAN + timedelta(hours=4)),
        news(convened(Contact(name="Hoa", email=HOA.email), LAN), at=BEGAN + timedelta(hours=5)),
        news(returned(HOA), tenant="tri-ton", at=BEGAN + timedelta(hours=6)),
    ]
    for one in told:
        take(one, tenants)
    return told


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["items"]]


def test_a_message_is_shown_whole(full, reader):
    page = reader(email=LAN.email).get(unread="true", limit=1)
    (only,) = page["items"]
    title = "Mời họp Hội đồng OCOP Huyện Mẫu lúc 02/02/2026 08:00"
    assert (page["unread"], page["after"]) == (2, only["id"])
    assert only == {
        "id": only["id"],
        "at": "2026-01-05T06:02:03.456000Z",
        "about": {"event": "session.convened.v1", "subject": full[5].subject},
        "title": {"vi": title, "en": "Invitation: Hội đồng OCOP Huyện Mẫu, 02/02/2026 08:00"},
        "body": only["body"],
        "read_at": None,
        "acts": ["reading"],
    }
    assert only["body"]["vi"].startswith("Kính gửi Uỷ viên mẫu,\n\n")
    assert only["body"]["vi"].endswith("\n\nHuyện Mẫu")
    assert only["body"]["en"].endswith("\n\nSample district")
    assert reader(email=LAN.email).get(f"/{only['id']}") == only


def test_it_is_ones_own_by_phone_or_address_the_newest_first(full, reader):
    both = reader(phone="+84 900 000 001", email="HOA@mau.example").get()
    assert [one["at"] for one in both["items"]] == sorted(
        (one["at"] for one in both["items"]), reverse=True
    )
    assert (len(both["items"]), both["unread"]) == (5, 5)
    by_phone, by_email = reader(phone=HOA.phone).get(), reader(email=HOA.email).get()
    assert (len(by_phone["items"]), len(by_email["items"])) == (4, 4)
    assert set(ids(by_phone)) | set(ids(by_email)) == set(ids(both))
    assert len(reader(phone=TU.phone).get()["items"]) == 1


def test_of_others_there_is_nothing(full, reader):
    """Whatever the roles: an officer's or an administrator's token reads no message of others."""
    of_hoa = ids(reader(phone=HOA.phone).get())[0]
    strangers = [
        reader("administrator", "officer", "supervisor", "authority"),
        reader("officer", phone=TU.phone),
        reader(phone="0900000009", email="hoa@other.example"),
        reader("administrator", tenant="tri-ton", phone=HOA.phone),
        reader("administrator", "supervisor", tenant="tinh-mau", phone=HOA.phone),
    ]
    for one in strangers:
        assert of_hoa not in ids(one.get())
        assert one.get(f"/{of_hoa}", 404)["detail"] == "Không tìm thấy."
        one.post(f"/{of_hoa}/reading", 404)
        one.get("", 404, after=of_hoa)
        one.post("/reading")
    assert reader(phone=HOA.phone).get()["unread"] == 4
    assert reader("administrator").get() == {"items": [], "unread": 0, "after": None}
    (elsewhere,) = reader(tenant="tri-ton", phone=HOA.phone).get()["items"]
    assert elsewhere["body"]["vi"].endswith("Huyện Tri Tôn")


def test_who_has_not_signed_in_is_told_so(full, http):
    for method, path in (("get", ""), ("get", f"/{full[0].id}"), ("post", "/reading")):
        assert getattr(http, method)(f"/t/huyen-mau/v1/messages{path}").status_code == 401


def test_pages_meet_and_say_when_they_end(full, reader):
    hoa = reader(phone=HOA.phone, email=HOA.email)
    whole, found, after = ids(hoa.get()), [], None
    for _ in range(3):
        page = hoa.get(limit=2, **({"after": after} if after else {}))
        found += ids(page)
        after = page["after"]
    assert (found, after) == (whole, None)


def test_what_came_in_one_moment_is_shown_once_on_some_page(database, tenants, reader):
    """Also where the store keeps less of the time than the event said."""
    for n in range(7):
        take(news(returned(HOA), at=BEGAN + timedelta(microseconds=n)), tenants)
    hoa, found = reader(phone=HOA.phone), []
    page = hoa.get(limit=3)
    while page["items"]:
        found += ids(page)
        page = hoa.get(limit=3, after=page["items"][-1]["id"])
    assert len(found) == len(set(found)) == 7


def test_reading_one_is_kept_and_again_changes_nothing(full, reader, database):
    hoa = reader(phone=HOA.phone, email=HOA.email)
    first = ids(hoa.get())[0]
    read = hoa.post(f"/{first}/reading")
    assert (read["id"], read["acts"]) == (first, [])
    assert abs(datetime.fromisoformat(read["read_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    again = hoa.post(f"/{first}/reading")
    assert again["read_at"][:23] == read["read_at"][:23]
    assert database.messages.find_one({"_id": first})["version"] == 2
    assert (hoa.get()["unread"], ids(hoa.get())[0]) == (4, first)
    assert first not in ids(hoa.get(unread="true"))
    assert len(hoa.get(unread="true")["items"]) == 4


def test_reading_all_reads_ones_own_alone(full, reader):
    hoa = reader(phone=HOA.phone, email=HOA.email)
    hoa.post(f"/{ids(hoa.get())[0]}/reading")
    assert hoa.post("/reading") == {"read": 4}
    assert hoa.post("/reading") == {"read": 0}
    assert (hoa.get()["unread"], hoa.get(unread="true")["items"]) == (0, [])
    assert reader(email=LAN.email).get()["unread"] == 2
    assert reader(tenant="tri-ton", phone=HOA.phone).get()["unread"] == 1


@pytest.mark.parametrize(
    "query", [{"unread": "maybe"}, {"limit": "0"}, {"limit": "201"}, {"after": "x"}, {"who": "me"}]
)
def test_what_is_asked_wrongly_is_said(full, reader, query):
    answer = reader(phone=HOA.phone).get("", 422, **query)
    assert [one["field"] for one in answer["errors"]] == list(query)


def test_a_districts_producer_finds_what_the_province_found_and_decided(database, tenants, reader):
    take(news(approved(HOA, owner="tri-ton"), tenant="an-giang", at=BEGAN), tenants)
    event = decided({"Mắm mẫu": "tri-ton"}, **{"Mắm mẫu": (HOA,)})
    take(news(event, tenant="an-giang", at=BEGAN + timedelta(hours=1)), tenants)
    producer = reader("producer", tenant="tri-ton", phone=HOA.phone)
    assert producer.titles == [
        "UBND Huyện Mẫu công nhận Mắm mẫu: 3 sao",
        "Kết quả đánh giá Đường thốt nốt mẫu: tiềm năng 4 sao",
    ]
    one = ids(producer.get())[0]
    assert producer.post(f"/{one}/reading")["read_at"] is not None
    for elsewhere in ("an-giang", "chau-phu"):
        other = reader("producer", tenant=elsewhere, phone=HOA.phone)
        assert other.titles == []
        other.get(f"/{one}", 404)


def test_what_names_a_tenant_that_is_not_its_tellers_reaches_no_inbox_there(
    database, tenants, reader
):
    forged = decided({"Mắm mẫu": "huyen-mau"}, **{"Mắm mẫu": (HOA,)})
    for one in (approved(HOA, owner="huyen-mau"), forged):
        take(news(one, tenant="tri-ton"), tenants)
    assert reader("producer", phone=HOA.phone).titles == []
    assert len(reader("producer", tenant="tri-ton", phone=HOA.phone).titles) == 2


def test_one_that_the_rules_show_in_no_inbox_is_in_none(full, reader, database):
    hoa = reader(phone=HOA.phone)
    hidden = ids(hoa.get())[0]
    database.messages.update_one({"_id": hidden}, {"$set": {"shown": False}})
    assert hidden not in ids(hoa.get())
    assert hoa.get()["unread"] == 3
    hoa.get(f"/{hidden}", 404)


def test_an_inbox_is_found_by_an_index(full, database):
    for wanted in ({}, {"read": False}):
        query = {"tenant": "huyen-mau", "shown": True, "reached_by": {"$in": [HOA.phone]}} | wanted
        plan = database.messages.find(query).sort("place", -1).limit(50).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
        assert "'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
