"""Who sees what, when: every GET route of the service as everybody, and what others are told.

Each sheet bears a mark and has a total that nothing else has. Of all that somebody is answered, at
all routes together, the marks are exactly those of the table in docs/judgement.md.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import pytest
from flask import Flask

from contracts.councils import Seat
from contracts.event import Envelope
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, keep, ok, sheet
from tests.evaluation.people import package

SEATS = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER, Seat.EXPERT)
TOTALS = {1: (61, 76, 63), 2: (66, 68, 65)}
"""Of chair, secretary and the first member, by round; the first are too far apart. The second
member has a conflict, the expert does not score."""
MEANS = {"66.666666": 1, "66.333333": 2}
TEAM = 58
NUMBERS = {TEAM, *TOTALS[1], *TOTALS[2]}
"""No other number of the service's answers is one of these."""
WAY = b"09000000"
"""In the number of each contact, of a producer or of a council."""
COMMUNE = "xã Mẫu"
OWN = "/t/<tenant>/v1"
ROUND = {
    "name": "Đợt mẫu", "procedure": "qd148-2023", "opens_on": "2026-01-01",
    "closes_on": "2026-12-31",
}  # fmt: skip
MOMENTS = ("scoring", "revealed", "scored again", "closed", "approved", "decided")
TOLD = ("approved", "decided")
REVEALED = {"revealed": 1, "scored again": 1, "closed": 2}
"""How many rounds were, from that moment on."""


def mark(number: int, place: int) -> str:
    return f"dấu-vòng-{number}-người-{place}"


TEAM_MARK = "dấu-tổ-giúp-việc"
MARKS = [mark(number, place) for number in TOTALS for place in range(3)] + [TEAM_MARK]


def of_sheet(number: int, place: int) -> set[str]:
    return {mark(number, place), f"total {TOTALS[number][place]}"}


OF_TEAM = {TEAM_MARK, f"total {TEAM}"}


def of_round(number: int) -> set[str]:
    sheets = set[str]().union(*(of_sheet(number, place) for place in range(3)))
    return sheets | {f"mean {number}"} | OF_TEAM


def found_in(answer: bytes) -> set[str]:
    """The marks, totals and means in it: the totals as the numbers of a JSON answer."""
    text = answer.decode("utf-8", errors="replace")
    found = {one for one in MARKS if one in text}
    found |= {f"mean {number}" for mean, number in MEANS.items() if mean in text}
    try:
        numbers = set(_numbers(json.loads(text)))
    except ValueError:
        numbers = set()
    return found | {f"total {one}" for one in numbers & NUMBERS}


def _numbers(value: Any) -> Iterator[int]:
    match value:
        case dict():
            for one in value.values():
                yield from _numbers(one)
        case list():
            for one in value:
                yield from _numbers(one)
        case bool():
            return
        case int() | float():
            yield int(value)
        case str() if value.isdecimal():
            yield int(value)


@dataclass
class Story:
    """One product, scored twice, from the scoring to its certificate."""

    meeting: Meeting
    app: Flask
    database: Any

    def reach(self, moment: str) -> None:
        meeting = self.meeting
        first, second, third = meeting.scorers[:3]
        match moment:
            case "scoring":
                ok(meeting.officer.post("/rounds", ROUND), 201)
                meeting.open()
                self.fill_team()
                ok(
                    meeting.member(meeting.scorers[3]).post(
                        meeting.at("/conflicts"),
                        {"package_id": meeting.product(), "reason": "Người thân góp vốn"},
                    )
                )
                self.fill(1)
                for one in (first, second):
                    ok(meeting.lock(one))
            case "revealed":
                ok(meeting.lock(third))
            case "scored again":
                body = {"package_id": meeting.product(), "discussion": "Đã trao đổi"}
                ok(meeting.chair.post(meeting.at("/new-rounds"), body))
                self.fill(2)
                for one in (first, second):
                    ok(meeting.lock(one))
            case "closed":
                ok(meeting.lock(third))
                meeting.close()
            case "put off" | "second round put off half-locked":
                body = {"package_id": meeting.product(), "reason": "Thiếu mẫu"}
                ok(meeting.chair.post(meeting.at("/postponements"), body))
                meeting.close().approve()
            case "eliminated unrevealed":
                body = {"package_id": meeting.product(), "reason": "Hồ sơ giả"}
                body |= {"finding": "forged-dossier"}
                ok(meeting.chair.post(meeting.at("/eliminations"), body))
                meeting.close().approve()
            case "judged anew":
                self.meeting = Meeting(meeting.door, meeting.council, meeting.packages).open()
            case "approved":
                meeting.approve()
            case "decided":
                meeting.decide()

    def fill(self, number: int) -> None:
        for place, one in enumerate(self.meeting.scorers[:3]):
            self.meeting.fill(one, TOTALS[number][place], star=1)
            was = mark(number - 1, place) if number > 1 else None
            change = {"field": "comments.1.1", "was": was, "now": mark(number, place)}
            path = self.meeting.sheets()
            ok(self.meeting.member(one).patch(path, {"changes": [change]}))

    def fill_team(self) -> None:
        meeting = self.meeting
        path = meeting.at(f"/help-team-sheets/{meeting.product()}")
        note = {"field": "note", "was": None, "now": TEAM_MARK}
        ok(meeting.team.patch(path, {"changes": [*sheet(TEAM, 1), note]}))
        ok(meeting.team.post(f"{path}/locking"))

    def ids(self, collection: str) -> list[str]:
        return [row["_id"] for row in self.database[collection.replace("-", "_")].find()]

    def addresses(self) -> dict[str, list[str]]:
        """By GET route: what can be asked of it now. A route with a place that nothing is known for
        is a KeyError: say here what stands in it."""
        found = {}
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                places = rule.arguments - {"tenant"}
                found[rule.rule] = [*self._filled(rule.rule, places)]
        for path, query in self._queries():
            found.setdefault(f"{path}?", []).append(f"{OWN}{path}?{query}")
        return found

    def _filled(self, path: str, places: set[str]) -> Iterator[str]:
        known: dict[str, Callable[[], list[str]]] = {
            "id": lambda: self.ids(path.removeprefix(f"{OWN}/").split("/")[0]),
            "package_id": lambda: self.ids("packages"),
            "sha256": lambda: ["0" * 64],
            "format": lambda: ["docx", "pdf"],
        }
        names = sorted(places)
        for values in product(*(known[name]() for name in names)):
            asked = path
            for name, value in zip(names, values, strict=True):
                asked = asked.replace(f"<{name}>", value)
            yield asked

    def _queries(self) -> Iterator[tuple[str, str]]:
        yield "/results", f"session_id={self.meeting.id}"
        for subject in (self.meeting.id, *self.ids("decisions"), *self.ids("certificates")):
            yield "/papers", f"subject={subject}"
        for one in self.database.certificates.find():
            yield "/certificate-checks", f"number={one['facts']['number']}"
            yield "/certificate-checks", f"id={one['_id']}"

    def events(self) -> set[str]:
        bodies = [row["body"] for row in self.database.outbox.find()]
        assert all(Envelope.decoded(body) for body in bodies)
        return set[str]().union(*(found_in(body.encode()) for body in bodies))


def everybody(story: Story) -> dict[str, Caller | None]:
    meeting, door = story.meeting, story.meeting.door
    members = {
        f"member {place} ({one.seat})": meeting.member(one)
        for place, one in enumerate(meeting.council.members)
    }
    people = members | {
        "named of the help team": meeting.team,
        "help team by role": door.as_("help-team", subject="helper"),
        "officer": meeting.officer,
        "administrator": door.as_("administrator", subject="administrator"),
        "authority": meeting.authority,
        "producer": meeting.producer(),
        "another producer": door.as_("producer", phone="0911111111", subject="other"),
        "commune officer": door.as_("commune-officer", unit="XÃ MẪU", subject="commune"),
        "of another commune": door.as_("commune-officer", unit="xã Khác", subject="commune2"),
        "without a role": door.as_(subject="nobody"),
        "package reader": door.as_("package-reader", subject="ocop-evaluation"),
        "supervisor above": door.as_("supervisor", tenant="tinh-mau", subject="above"),
        "supervisor of the own tenant": door.as_("supervisor", subject="own"),
        "officer above": door.as_("officer", "authority", tenant="tinh-mau", subject="upper"),
        "the chair's number above": door.as_(
            tenant="tinh-mau", subject="same", phone=meeting.council.members[0].contact.phone
        ),
        "supervisor elsewhere": door.as_("supervisor", "officer", tenant="an-giang"),
    }
    return people | {"the public": None}


def asked(story: Story, who: Caller | None, path: str) -> bytes:
    """What somebody is answered; None: without a token. Of a paper that they may read, all that it
    says: its files would hide it."""
    if path.startswith(OWN) and who:
        answer = who.get(path.removeprefix(OWN))
    else:
        answer = story.meeting.door.client.get(path.replace("<tenant>", "huyen-mau"))
    of_paper = re.fullmatch(f"{OWN}/papers/([^/]+)", path)
    if of_paper and answer.status_code == 200:
        return str(story.database.papers.find_one({"_id": of_paper[1]})["content"]).encode()
    return bytes(answer.data)


INSIDE = (
    "named of the help team", "help team by role", "officer", "administrator", "authority",
)  # fmt: skip


ENDINGS = (
    ("scoring", "put off", "judged anew"),
    ("scoring", "eliminated unrevealed"),
    ("scoring", "revealed", "scored again", "second round put off half-locked", "judged anew"),
)
"""How a product may end with locked sheets that were never revealed."""


def seen_by(who: str, moment: str, present: int, revealed: int) -> set[str]:
    """The table of docs/judgement.md, for one product: by the round that is being scored, and how
    many were revealed."""
    seen: set[str] = set()
    conflicted = who.startswith("member 3 ") and moment != "decided"
    if (who.startswith("member ") and not conflicted) or who in INSIDE:
        seen = seen.union(*(of_round(number) for number in range(1, revealed + 1)))
    for place in range(3):
        if who.startswith(f"member {place} "):
            seen |= of_sheet(present, place)
    if who == "named of the help team":
        seen |= OF_TEAM
    if moment in TOLD and who in ("producer", "commune officer", "supervisor above"):
        seen |= {"mean 2"}
    return seen


@pytest.fixture
def story(served, issuer, database) -> Story:
    app: list[Flask] = []

    def made() -> Flask:
        app.append(create_app())
        return app[0]

    door = Caller(served("evaluation", made, LOG_LEVEL="error"), issuer)
    facts = {"name": "Đường thốt nốt", "producer_id": "0" * 36, "address": "x", "commune": COMMUNE}
    of = package(product=facts)
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of], help_team_first=True)
    return Story(meeting, app[0], database)


def test_everybody_sees_what_the_table_says_and_nothing_else_at_every_moment(story):
    ever = walk(story, MOMENTS)
    never = {route.removeprefix(OWN) for route in story.addresses()} - ever
    assert never == {"/higher-results/<id>", "/higher-results/<id>/paper"}


@pytest.mark.parametrize("moments", ENDINGS)
def test_what_was_not_revealed_is_never_seen_nor_printed_however_its_product_ends(story, moments):
    """Nor when the same council judges the product anew."""
    walk(story, moments)


def walk(story: Story, moments: Sequence[str]) -> set[str]:
    """The routes that answered somebody something on the way."""
    ever: set[str] = set()
    present, revealed = 1, 0
    for moment in moments:
        story.reach(moment)
        present = 2 if moment == "scored again" else present
        revealed = REVEALED.get(moment, revealed)
        routes = story.addresses()
        ever |= {route.removeprefix(OWN) for route, paths in routes.items() if paths}
        for name, who in everybody(story).items():
            seen: dict[str, set[str]] = {}
            for path in chain.from_iterable(routes.values()):
                answer = asked(story, who, path)
                assert not (WAY in answer and name.startswith("supervisor")), (moment, path)
                for one in found_in(answer):
                    seen.setdefault(one, set()).add(path)
            assert set(seen) == seen_by(name, moment, present, revealed), (moment, name, seen)
        told = {"mean 2"} if moment in TOLD else set()
        assert story.events() == told, moment
    return ever
