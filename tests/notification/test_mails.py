"""Mail: what the server says decides; nothing is lost, and nothing sent twice in silence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.problems import NotFound, Unavailable
from chassis.scope import SERVICE, Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.event import Envelope
from contracts.person import Contact
from services.notification.adapters.mailer import Mailer
from services.notification.application.mails import begin_mail, resend_mail, send_mail
from services.notification.domain.messages import MailState, Message, NothingToResend
from tests.chassis.running import free_port
from tests.notification.news import (
    HOA,
    LAN,
    RULES,
    TU,
    annulled,
    approved,
    cancelled,
    convened,
    decided,
    issued,
    news,
    returned,
    take,
    undecided,
)


@contextmanager
def as_job(tenant: str = "huyen-mau") -> Iterator[None]:
    with entered(Scope(tenant, "notification.mails")):
        yield


def message(database: Any, **wanted: Any) -> Message:
    (row,) = database.messages.find(wanted)
    with as_job(row["tenant"]):
        return run(UnitOfWork.get, Message, row["_id"])


def send(mailer: Mailer, id: str) -> None:
    with as_job():
        send_mail(id, mailer.send, RULES)


def mail_of(database: Any, id: str) -> tuple[str, int, str | None]:
    mail = database.messages.find_one({"_id": id})["mail"]
    return mail["state"], mail["attempts"], mail["reason"]


@pytest.fixture
def waiting(database: Any, tenants: Any) -> str:
    """A message to Hoa that waits to be sent."""
    take(news(returned(HOA)), tenants)
    return message(database).id


def test_it_is_sent_once_as_it_was_written(database, moody, mailer, waiting):
    for _ in range(3):
        send(mailer, waiting)
    assert mail_of(database, waiting) == ("sent", 1, None)
    (mail,) = moody.mails
    one = message(database)
    assert dict(mail.items()) | {"Date": ""} == {
        "Message-ID": f"<{waiting}@ocop.example>",
        "Date": "",
        "From": "OCOP Huyện Mẫu <ocop@ocop.example>",
        "To": "Chủ cơ sở mẫu <hoa@mau.example>",
        "Subject": "Hồ sơ Đường thốt nốt mẫu cần bổ sung, hạn 20/01/2026",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": mail["Content-Transfer-Encoding"],
        "MIME-Version": "1.0",
    }
    assert mail["Date"].datetime == one.at.replace(microsecond=0)
    text = mail.get_content().replace("\r\n", "\n")
    assert text == f"{one.body.vi}\n\n--------\n\n{one.title.en}\n\n{one.body.en}\n"
    assert "1. Tiêu chí 1.5: Thiếu hợp đồng liên kết" in text


def test_it_comes_from_who_tells_it_wherever_it_is_read(database, tenants, moody, mailer):
    take(news(approved(HOA, owner="huyen-mau"), tenant="tinh-mau"), tenants)
    send(mailer, message(database, tenant="huyen-mau").id)
    (mail,) = moody.mails
    assert mail["From"] == "OCOP Tỉnh Mẫu <ocop@ocop.example>"


def test_one_that_was_kept_before_it_said_who_tells_it_is_of_its_tenant(
    database, moody, mailer, waiting
):
    database.messages.update_one({"_id": waiting}, {"$unset": {"teller": ""}})
    send(mailer, waiting)
    (mail,) = moody.mails
    assert mail["From"] == "OCOP Huyện Mẫu <ocop@ocop.example>"


def test_a_refusal_for_now_is_tried_again(database, moody, mailer, waiting):
    moody.of_receivers = ["451 busy", "450 greylisted"]
    moody.of_mails = ["452 full"]
    for attempt, said in enumerate(("451 busy", "450 greylisted", "452 full"), 1):
        with pytest.raises(Unavailable, match=said):
            send(mailer, waiting)
        state, attempts, reason = mail_of(database, waiting)
        assert (state, attempts) == ("waiting", attempt)
        assert said in (reason or "")
    assert moody.mails == []
    send(mailer, waiting)
    assert mail_of(database, waiting) == ("sent", 4, None)
    assert len(moody.mails) == 1


def test_what_is_refused_for_now_for_five_days_is_refused_for_good(
    database, moody, mailer, waiting
):
    moody.of_receivers = ["452 mailbox full", "421 closing", "452 mailbox full", "452 mailbox full"]
    for days in (0, 4, 4):
        _put_off_for(database, waiting, days)
        with pytest.raises(Unavailable):
            send(mailer, waiting)
    _put_off_for(database, waiting, 5)
    send(mailer, waiting)
    assert mail_of(database, waiting) == ("refused", 4, "452 mailbox full")


def test_a_server_that_closes_puts_off_no_mail(database, moody, mailer, waiting):
    moody.of_receivers = ["421 closing"]
    with pytest.raises(Unavailable):
        send(mailer, waiting)
    assert database.messages.find_one({"_id": waiting})["mail"]["put_off_at"] is None


def test_one_that_is_sent_again_by_an_operator_has_five_days_anew(database, moody, mailer, waiting):
    moody.of_receivers = ["452 full", "452 full", "452 full"]
    with pytest.raises(Unavailable):
        send(mailer, waiting)
    _put_off_for(database, waiting, 5)
    send(mailer, waiting)
    with as_job():
        run(resend_mail, waiting)
    with pytest.raises(Unavailable):
        send(mailer, waiting)
    assert mail_of(database, waiting) == ("waiting", 3, "452 full")


def _put_off_for(database: Any, id: str, days: int) -> None:
    """As if it had been refused first so long ago."""
    if days:
        first = datetime.now(UTC) - timedelta(days=days)
        database.messages.update_one({"_id": id}, {"$set": {"mail.put_off_at": first}})


@pytest.mark.parametrize("place", ["of_receivers", "of_mails"])
def test_a_refusal_for_good_is_kept_in_the_servers_words(database, moody, mailer, waiting, place):
    setattr(moody, place, ["550 không có hộp thư này"])
    for _ in range(2):
        send(mailer, waiting)
    state, attempts, reason = mail_of(database, waiting)
    assert (state, attempts) == ("refused", 1)
    assert reason is not None
    assert reason.startswith("550 ")
    assert moody.mails == []


def test_a_broken_address_holds_up_nobody_else(database, tenants, moody, mailer):
    take(news(returned(HOA, LAN)), tenants)
    moody.of_receivers = ["550 unknown"]
    ids = [message(database, reached_by=one.email).id for one in (HOA, LAN)]
    for id in ids:
        send(mailer, id)
    assert [mail_of(database, id)[0] for id in ids] == ["refused", "sent"]
    assert [mail["To"] for mail in moody.mails] == ["Uỷ viên mẫu <lan@mau.example>"]


def test_a_server_that_is_away_is_waited_for(database, tenants, waiting):
    away = Mailer(f"smtp://127.0.0.1:{free_port()}", "ocop@ocop.example", tenants)
    with pytest.raises(Unavailable, match="Connection refused"):
        send(away, waiting)
    assert mail_of(database, waiting)[:2] == ("waiting", 1)


def test_a_server_that_takes_no_mail_of_ours_refuses_no_receiver(
    database, moody, mailer, waiting, monkeypatch
):
    async def nothing_of_yours(*_: Any) -> str:
        return "550 not from there"

    monkeypatch.setattr(moody, "handle_MAIL", nothing_of_yours, raising=False)
    with pytest.raises(Unavailable, match="550 not from there"):
        send(mailer, waiting)
    assert mail_of(database, waiting)[0] == "waiting"


def test_a_server_that_falls_silent_leaves_it_unknown_and_it_is_not_sent_again(
    database, moody, mailer, waiting
):
    moody.of_mails = ["silence"]
    for _ in range(3):
        send(mailer, waiting)
    state, attempts, reason = mail_of(database, waiting)
    assert (state, attempts) == ("unknown", 1)
    assert "SMTPServerDisconnected" in (reason or "")
    assert len(moody.mails) == 1


def test_one_that_was_being_sent_when_somebody_died_is_unknown(database, moody, mailer, waiting):
    with as_job():
        begun = run(begin_mail, waiting, RULES)
    assert begun is not None
    assert mail_of(database, waiting) == ("sending", 1, None)
    for _ in range(2):
        send(mailer, waiting)
    assert mail_of(database, waiting) == ("unknown", 1, "ended while it was being sent")
    assert moody.mails == []


def test_who_was_only_slow_still_says_that_it_was_sent(database, moody, mailer, waiting):
    """The broker lost patience and gave the request to another, while the first goes on."""

    def slowly(one: Message) -> None:
        mailer.send(one)
        send(mailer, waiting)  # another process gets the request now
        assert mail_of(database, waiting)[0] == "unknown"

    with as_job():
        send_mail(waiting, slowly, RULES)
    assert mail_of(database, waiting) == ("sent", 1, None)
    assert len(moody.mails) == 1


def test_one_that_is_unknown_does_not_begin_to_wait_by_itself(database, waiting):
    def slowly(_: Message) -> None:
        with as_job():
            send_mail(waiting, lambda one: None, RULES)
        raise Unavailable("", "it was not sent after all")

    with as_job(), pytest.raises(Unavailable):
        send_mail(waiting, slowly, RULES)
    assert mail_of(database, waiting)[0] == "unknown"


@contextmanager
def as_operator() -> Iterator[None]:
    with entered(Scope(SERVICE, "operator", frozenset({"huyen-mau", "tri-ton"}))):
        yield


def requests(database: Any) -> list[str]:
    rows = database.outbox.find({"key": {"$regex": r"^mail\.requested"}})
    return [Envelope.decoded(row["body"]).subject for row in rows]


@pytest.mark.parametrize("mood", [{"of_mails": ["silence"]}, {"of_receivers": ["550 unknown"]}])
def test_an_operator_has_it_sent_again(database, moody, mailer, waiting, mood):
    for place, said in mood.items():
        setattr(moody, place, said)
    send(mailer, waiting)
    before = len(moody.mails)
    with as_operator():
        run(resend_mail, waiting[:8])
    assert requests(database) == [waiting, waiting]
    send(mailer, waiting)
    assert mail_of(database, waiting) == ("sent", 2, None)
    assert len(moody.mails) == before + 1
    assert {mail["Message-ID"] for mail in moody.mails} == {f"<{waiting}@ocop.example>"}
    act = database.acts.find_one({"act": "resend_mail"})
    assert (act["actor"], act["tenant"]) == ("operator", "huyen-mau")


def test_what_waits_or_was_sent_is_not_sent_again(database, moody, mailer, waiting):
    with as_operator(), pytest.raises(NothingToResend):
        run(resend_mail, waiting)
    send(mailer, waiting)
    with as_operator(), pytest.raises(NothingToResend):
        run(resend_mail, waiting)
    assert len(requests(database)) == len(moody.mails) == 1


def test_a_handle_of_none_or_of_several_is_refused(database, tenants, waiting):
    take(news(returned(HOA, LAN)), tenants)
    for handle in ("", "nobody", "x.*"):
        with as_operator(), pytest.raises(NotFound):
            run(resend_mail, handle)
    with entered(Scope("tri-ton", "operator")), pytest.raises(NotFound):
        run(resend_mail, waiting)


SUBJECT = "00000000-0000-4000-8000-00000000000a"


def test_of_a_session_that_moved_the_newest_invitation_alone_is_sent(
    database, tenants, moody, mailer
):
    take(news(convened(HOA, LAN), SUBJECT, 1), tenants)
    take(news(convened(HOA, place="Phòng họp số 2"), SUBJECT, 2), tenants)
    take(news(convened(HOA), version=9), tenants)
    first = message(database, subject=SUBJECT, of_version=1, reached_by=HOA.email).id
    for row in database.messages.find():
        send(mailer, row["_id"])
    assert mail_of(database, first) == ("outdated", 0, None)
    sent = sorted((mail["To"].addresses[0].username, "số 2" in mail.get_content())
                  for mail in moody.mails)  # fmt: skip
    assert sent == [("hoa", False), ("hoa", True), ("lan", False)]  # and hoa's of another session


def test_an_invitation_that_comes_after_its_cancellation_is_not_sent(
    database, tenants, moody, mailer
):
    take(news(cancelled(HOA), SUBJECT, 2), tenants)
    take(news(convened(HOA), SUBJECT, 1), tenants)
    for row in database.messages.find():
        send(mailer, row["_id"])
    (mail,) = moody.mails
    assert mail["Subject"].startswith("Hủy phiên họp")
    assert database.messages.count_documents({}) == 2


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (approved(HOA, owner="huyen-mau"), annulled(HOA, owner="huyen-mau")),
        (decided({"a": "huyen-mau"}, a=(HOA,)), undecided({"a": "huyen-mau"}, a=(HOA,))),
    ],
    ids=["result", "decision"],
)
@pytest.mark.parametrize("late", [False, True])
def test_what_was_annulled_before_it_was_mailed_is_not_sent(
    database, tenants, moody, mailer, was, now, late
):
    told = [news(was, SUBJECT, 1, tenant="tinh-mau"), news(now, SUBJECT, 2, tenant="tinh-mau")]
    for one in reversed(told) if late else told:
        take(one, tenants)
    for row in database.messages.find():
        send(mailer, row["_id"])
    assert {row["event"]: row["mail"]["state"] for row in database.messages.find()} == {
        was.type: "outdated",
        now.type: "sent",
    }
    assert len(moody.mails) == 1


def test_what_is_told_of_one_thing_by_rules_that_outdate_nothing_is_all_sent(
    database, tenants, moody, mailer
):
    take(news(issued(HOA), SUBJECT, 1), tenants)
    take(news(issued(HOA), SUBJECT, 2), tenants)
    for row in database.messages.find():
        send(mailer, row["_id"])
    assert len(moody.mails) == 2


def test_nobody_without_an_address_is_mailed(database, tenants, moody, mailer):
    take(news(returned(TU)), tenants)
    send(mailer, message(database).id)
    assert mail_of(database, message(database).id) == ("none", 0, None)
    assert moody.mails == []


def test_a_name_cannot_break_out_of_its_header(database, tenants, moody, mailer):
    sly = Contact(name='Hoa" <x@y.example>, Z', email="hoa@mau.example")
    take(news(returned(sly)), tenants)
    send(mailer, message(database).id)
    (mail,) = moody.mails
    assert [one.addr_spec for one in mail["To"].addresses] == ["hoa@mau.example"]
    assert mail_of(database, message(database).id)[0] == MailState.SENT
