"""Many at once: a round is revealed once, by the last lock or by what makes it the last; of two
acts that exclude one another one is done."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from typing import Any, NamedTuple

import pytest

from contracts.councils import Seat
from services.evaluation.domain.councils import Member
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import PAIR, REASON, Meeting, keep, ok, sheet
from tests.evaluation.people import council

NINE = (Seat.CHAIR, Seat.SECRETARY, *repeat(Seat.MEMBER, 7))
THREE = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER)
TIMES = 5


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


class Ask(NamedTuple):
    who: Caller
    path: str
    body: Any = None
    method: str = "post"

    def send(self) -> int:
        """On a connection of its own."""
        who = replace(self.who, client=self.who.client.application.test_client())
        return int(getattr(who, self.method)(self.path, self.body).status_code)


def together(*asks: Ask) -> list[int]:
    with ThreadPoolExecutor(len(asks)) as people:
        return list(people.map(Ask.send, asks))


def revealed(database: Any, meeting: Meeting) -> list[int]:
    """The rounds of which it was told."""
    rows = database.outbox.find({"key": {"$regex": "^scoring.revealed"}})
    return sorted(
        event["data"]["round"]
        for event in map(_event, rows)
        if event["data"]["session_id"] == meeting.id
    )


def _event(row: Any) -> Any:
    return json.loads(row["body"])


def locking(meeting: Meeting, members: Sequence[Member]) -> list[Ask]:
    path = meeting.sheets(0, "/locking")
    return [Ask(meeting.member(one), path) for one in members]


def test_nine_who_lock_at_once_reveal_once(door, database):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *NINE).open()
        for one in meeting.scorers:
            meeting.fill(one)
        assert together(*locking(meeting, meeting.scorers)) == [200] * 9
        assert revealed(database, meeting) == [1]
        scores = ok(meeting.officer.get(meeting.at(f"/scores/{meeting.product()}")))
        assert (len(scores["sheets"]), scores["rounds"][0]["mean"]) == (9, "72")


def test_who_leaves_while_the_others_lock_is_waited_for_no_more_and_it_is_revealed_once(
    door, database
):
    """And whose leaving comes at the same moment as the own lock counts, or does not, in all places
    alike."""
    for _ in range(TIMES):
        meeting = Meeting.of(door, *THREE, quorum_percent=50).open()
        chair, secretary, member = meeting.scorers
        for one in meeting.scorers:
            meeting.fill(one)
        body = {"member_id": member.id, "attendance": "left"}
        leave = Ask(meeting.secretary, meeting.at("/attendance"), body)
        statuses = together(*locking(meeting, meeting.scorers), leave)
        *others, own_lock, leaving = statuses
        assert (others, leaving) == ([200, 200], 200)
        assert own_lock in (200, 409)
        assert revealed(database, meeting) == [1]
        scores = ok(meeting.officer.get(meeting.at(f"/scores/{meeting.product()}")))
        counted = {one["member_id"] for one in scores["sheets"]}
        assert counted == {chair.id, secretary.id} | ({member.id} if own_lock == 200 else set())


def test_nothing_is_revealed_while_the_quorum_is_lost(door, database):
    """Or a secretary could look at the sheets of those who stay, and call the others back."""
    meeting = Meeting.of(door, *THREE).open()
    *others, member = meeting.scorers
    for one in others:
        meeting.fill(one)
    assert together(*locking(meeting, others)) == [200, 200]
    for attendance in ("left", "present"):
        body = {"member_id": member.id, "attendance": attendance}
        ok(meeting.secretary.post(meeting.at("/attendance"), body))
        assert revealed(database, meeting) == []
        refused = meeting.chair.get(meeting.at(f"/scores/{meeting.product()}"))
        assert refused.json["type"].endswith("not-revealed")
    meeting.fill(member)
    assert together(*locking(meeting, [member])) == [200]
    assert revealed(database, meeting) == [1]


def test_a_quorum_that_is_back_as_the_last_one_locks_reveals_once(door, database):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *THREE, Seat.MEMBER).convene()
        chair, secretary, third, _absent = meeting.scorers
        meeting.arrive(chair, secretary, third)
        ok(meeting.chair.post(meeting.at("/opening")))
        for one in (chair, secretary, third):
            meeting.fill(one)
        assert together(*locking(meeting, [chair, third])) == [200, 200]
        ok(meeting.attend(third, "left"))
        body = {"member_id": third.id, "attendance": "present"}
        back = Ask(meeting.secretary, meeting.at("/attendance"), body)
        assert together(back, *locking(meeting, [secretary])) == [200, 200]
        assert revealed(database, meeting) == [1]


def test_a_conflict_declared_while_the_others_lock_reveals_without_its_sheet(door, database):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *THREE).open()
        *others, member = meeting.scorers
        for one in others:
            meeting.fill(one)
        body = {"package_id": meeting.product(), "reason": "Người thân góp vốn"}
        acts = [
            *locking(meeting, others),
            Ask(meeting.member(member), meeting.at("/conflicts"), body),
        ]
        assert together(*acts) == [200] * 3
        assert revealed(database, meeting) == [1]


def test_a_sheet_that_is_locked_and_saved_at_once_counts_as_it_was_locked(door):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *PAIR).open()
        chair, secretary = meeting.scorers
        meeting.fill(chair).fill(secretary)
        ok(meeting.lock(secretary))
        before = {one["field"]: one["now"] for one in sheet(72)}
        after = [one | {"was": before.get(one["field"])} for one in sheet(80)]
        save = Ask(meeting.member(chair), meeting.sheets(), {"changes": after}, "patch")
        statuses = together(*locking(meeting, [chair]), save)
        assert statuses in ([200, 200], [200, 409])
        sheets = ok(meeting.officer.get(meeting.at(f"/scores/{meeting.product()}")))["sheets"]
        (total,) = [one["total"] for one in sheets if one["member_id"] == chair.id]
        own_sheet = ok(meeting.member(chair).get(meeting.sheets()))
        assert own_sheet["total"] == total == (80 if statuses == [200, 200] else 72)


def test_a_session_that_is_closed_twice_at_once_has_one_result_a_product(door, database):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *PAIR, products=2).scored()
        closing = Ask(meeting.secretary, meeting.at("/closing"))
        assert sorted(together(closing, closing)) == [200, 409]
        assert len(meeting.results) == 2
        told = database.outbox.find({"key": {"$regex": "^session.closed"}})
        assert len([row for row in told if _event(row)["subject"] == meeting.id]) == 1


def test_of_a_closing_and_a_new_round_at_once_one_is_done(door):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *PAIR).scored()
        body = {"package_id": meeting.product(), "discussion": "Đã trao đổi"}
        statuses = together(
            Ask(meeting.secretary, meeting.at("/closing")),
            Ask(meeting.chair, meeting.at("/new-rounds"), body),
        )
        assert sorted(statuses) == [200, 409]
        assert len(meeting.results) == (statuses == [200, 409])


def test_of_a_new_round_and_a_leaving_at_once_nobody_is_waited_for_who_is_gone(door):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *THREE, quorum_percent=50).scored()
        member = meeting.scorers[2]
        again = {"package_id": meeting.product(), "discussion": "Đã trao đổi"}
        left = {"member_id": member.id, "attendance": "left"}
        statuses = together(
            Ask(meeting.secretary, meeting.at("/attendance"), left),
            Ask(meeting.chair, meeting.at("/new-rounds"), again),
        )
        assert statuses == [200, 200]
        (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
        assert member.id not in line["scoring"]["expected"]


def test_a_package_is_put_on_one_agenda_however_many_convene_at_once(door):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *PAIR)
        other = council(*PAIR, lead_working_days=0, help_team_first=False)
        keep("huyen-mau", other)
        asked = [meeting.convening, meeting.convening | {"council_id": other.id}]
        acts = [Ask(meeting.officer, "/sessions", body) for body in asked * 2]
        assert sorted(together(*acts)) == [201, 409, 409, 409]


def test_a_session_is_opened_and_cancelled_once(door):
    for _ in range(TIMES):
        meeting = Meeting.of(door, *PAIR).convene().arrive()
        statuses = together(
            Ask(meeting.chair, meeting.at("/opening")),
            Ask(meeting.officer, meeting.at("/cancellation"), REASON),
        )
        assert sorted(statuses) == [200, 409]


def test_a_result_is_decided_once_and_a_number_given_once(door, database):
    for time in range(TIMES):
        meeting = Meeting.of(door, *PAIR, products=3).scored().close().approve()
        body = meeting.deciding()
        first, second, third = body["results"]

        def decide(number: str, result: str, meeting=meeting, body=body) -> Ask:
            wanted = body | {"number": number, "results": [result]}
            return Ask(meeting.authority, "/decisions", wanted)

        same_result = [decide(f"{time}/a", first), decide(f"{time}/b", first)]
        assert sorted(together(*same_result)) == [201, 409]
        same_number = [decide(f"{time}/c", second), decide(f"{time}/c", third)]
        assert sorted(together(*same_number)) == [201, 422]
    numbers = [one["facts"]["number"] for one in database.certificates.find()]
    assert len(numbers) == len(set(numbers)) == 2 * TIMES
