"""A session driven through its doors by anybody in any order, beside a small model of it.

Each act has the answer that the model expects, and at every moment everybody sees of the scores
what the model has revealed, and nothing else.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from contracts.councils import Seat
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, sheet

SEATS = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.EXPERT)
CHAIR, SECRETARY, MEMBER, EXPERT = COUNCIL = ("chair", "secretary", "member", "expert")
SCORERS = dict.fromkeys((CHAIR, SECRETARY, MEMBER)).keys()
OFFICE, STRANGER = ("officer", "authority"), "stranger"
PEOPLE = (*COUNCIL, *OFFICE, STRANGER)
TOTALS = (52, 60, 66, 72)
MOST_SPREAD = 10
PRODUCTS = 2
STEPS = {
    "convened": "attend attend attend declare open open out_of_order",
    "open": "attend attend declare fill lock lock score score score_some score_some reopen reopen "
    "reopen again again eliminate postpone close close close out_of_order",
    "closed": "send_back approve out_of_order",
    "approved": "out_of_order",
}
"""What is tried, by the session's state; what is named more often is tried more often."""


@dataclass
class Product:
    state: str = "waiting"
    number: int = 1
    expected: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    filled: dict[str, int] = field(default_factory=dict)
    rounds: list[dict[str, int]] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        """60 % of those who may score it, and never one alone."""
        able = len(SCORERS - self.conflicts)
        return len(self.locked) >= 2 and len(self.locked) * 100 >= able * 60

    def look(self, quorate: bool) -> None:
        """Whether nobody is waited for any more, of those whom a session needs."""
        complete = self.state == "scoring" and self.enough and self.expected <= self.locked
        if complete and quorate:
            self.state = "revealed"
            self.rounds.append({who: self.filled[who] for who in self.locked})

    @property
    def judged(self) -> bool:
        """By at least two who may score it."""
        return len(SCORERS - self.conflicts) >= 2

    def acting(self) -> set[str]:
        """Who may do what chair or secretary do about it."""
        return set(acting(self.conflicts))

    @property
    def apart(self) -> bool:
        totals = self.rounds[-1].values()
        return max(totals) - min(totals) > MOST_SPREAD


def acting(conflicts: set[str]) -> list[str]:
    """As chair and as secretary, on what these have a conflict on: in either's place the one member
    that there is. Nobody: an empty name."""
    chair = next((one for one in (CHAIR, MEMBER) if one not in conflicts), "")
    others = (one for one in (SECRETARY, MEMBER) if one not in conflicts and one != chair)
    return [chair, next(others, "")]


STATES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "attendance": ({SECRETARY}, ("convened", "open")),
    "opening": ({SECRETARY, CHAIR}, ("convened",)),
    "conflicts": (set(COUNCIL), ("convened", "open")),
    "new-rounds": ({SECRETARY, CHAIR}, ("open",)),
    "eliminations": ({CHAIR}, ("open",)),
    "postponements": ({SECRETARY, CHAIR}, ("open",)),
    "closing": ({SECRETARY}, ("open",)),
    "sending-back": ({CHAIR}, ("closed",)),
    "approval": ({CHAIR}, ("closed",)),
}
"""From which seats, and in which states of the session."""


def driven(door: Caller, database: Any) -> type[RuleBasedStateMachine]:
    class Session(RuleBasedStateMachine):
        @initialize(begun=st.integers(0, 4), dice=st.randoms(use_true_random=False))
        def convene(self, begun: int, dice: Random) -> None:
            """Not all begin at the beginning, so that each comes to another end."""
            database.outbox.delete_many({})
            self.meeting = Meeting.of(door, *SEATS, products=PRODUCTS, quorum_percent=60).convene()
            self.state, self.present = "convened", set[str]()
            self.products = [Product() for _ in range(PRODUCTS)]
            self.members = dict(zip(COUNCIL, self.meeting.council.members, strict=True))
            if begun:
                for name in COUNCIL:
                    self.attend(SECRETARY, name, True)
                self.open(CHAIR)
            for product in range(min(begun - 1, PRODUCTS)):
                self.score(product, dice.choice(TOTALS))
            if begun > PRODUCTS + 1:
                self.close(SECRETARY)

        @rule(dice=st.randoms(use_true_random=False))
        def step(self, dice: Random) -> None:
            """Anybody does anything, and more often who may."""
            product, total = dice.randrange(PRODUCTS), dice.choice(TOTALS)
            anybody, member = dice.choice(PEOPLE), dice.choice(COUNCIL)
            right = dice.random() < 0.8

            def one_of(*names: str) -> str:
                return dice.choice(names) if right else anybody

            match dice.choice(STEPS[self.state].split()):
                case "attend":
                    self.attend(one_of(SECRETARY), member, member not in self.present)
                case "open":
                    self.open(one_of(SECRETARY, CHAIR))
                case "declare":
                    self.declare(one_of(MEMBER, EXPERT), product)
                case "fill":
                    self.fill(one_of(*SCORERS), product, total)
                case "lock":
                    self.lock(one_of(*SCORERS), product)
                case "score":
                    self.score(product, total)
                case "score_some":
                    self.score(product, total, but=1)
                case "reopen":
                    locked = sorted(self.pick(product, "scoring")[1].locked)
                    whose = dice.choice(locked or COUNCIL)
                    self.reopen(one_of(SECRETARY, CHAIR), whose, product)
                case "again":
                    self.again(one_of(SECRETARY, CHAIR), product)
                case "eliminate":
                    self.eliminate(one_of(CHAIR), product)
                case "postpone":
                    self.postpone(one_of(SECRETARY, CHAIR), product)
                case "close":
                    self.close(one_of(SECRETARY))
                case "send_back":
                    self.send_back(one_of(CHAIR))
                case "approve":
                    self.approve(one_of(CHAIR))
                case "out_of_order":
                    self.out_of_order(one_of(*COUNCIL), dice.choice(sorted(STATES)))

        # -- who and how

        def who(self, name: str) -> Caller:
            if name in self.members:
                return self.meeting.member(self.members[name])
            phone = {"phone": "0977777777"} if name == STRANGER else {}
            roles = (name,) if name in OFFICE else ()
            return self.meeting.door.as_(*roles, subject=name, **phone)

        def does(self, name: str, seats: set[str], when: bool, act: str, body: Any = None) -> bool:
            """Whether it was done. `when`: whether it may be, for who has one of these seats; where
            conflicts leave nobody, the council is told so."""
            expected = 404 if name == STRANGER else 403 if name not in seats else 200
            if seats == {""} and name in COUNCIL:
                expected = 409
            if expected == 200 and not when:
                expected = 409
            answer = self.who(name).post(self.meeting.at(f"/{act}"), body)
            assert answer.status_code == expected, (name, act, answer.get_data(as_text=True))
            return expected == 200

        def of(self, product: int, **said: str) -> dict[str, Any]:
            return {"package_id": self.meeting.product(product), **said}

        def pick(self, product: int, *states: str) -> tuple[int, Product]:
            """That product, or another that is in one of these states."""
            for number in (product, 1 - product):
                if self.products[number].state in states:
                    return number, self.products[number]
            return product, self.products[product]

        @property
        def leads(self) -> list[str]:
            """Who acts as chair and as secretary on all results."""
            judged = [one for one in self.products if one.state != "postponed"]
            return acting({name for one in judged for name in one.conflicts})

        @property
        def quorate(self) -> bool:
            return CHAIR in self.present and len(self.present & SCORERS) >= 2

        # -- acts

        def attend(self, name: str, member: str, come: bool) -> None:
            body = {
                "member_id": self.members[member].id, "attendance": "present" if come else "left",
            }  # fmt: skip
            when = self.state in ("convened", "open") and come != (member in self.present)
            if not self.does(name, {SECRETARY}, when, "attendance", body):
                return
            self.present ^= {member}
            for one in self.products:
                if self.state != "open" or one.state != "scoring":
                    continue
                if not come:
                    one.expected -= {member}
                elif (
                    member in SCORERS
                    and member not in one.conflicts
                    and (not one.rounds or member in one.rounds[-1])
                ):
                    one.expected |= {member}
                one.look(self.quorate)

        def open(self, name: str) -> None:
            when = self.state == "convened" and self.quorate
            if self.does(name, {SECRETARY, CHAIR}, when, "opening"):
                self.state = "open"
                for one in self.products:
                    one.state = "scoring" if one.judged else "postponed"
                    one.expected = (self.present & SCORERS) - one.conflicts

        def declare(self, name: str, product: int) -> None:
            one = self.products[product]
            when = (
                self.state in ("convened", "open")
                and one.state in ("waiting", "scoring", "revealed")
                and name not in one.conflicts | one.locked
                and not any(name in each for each in one.rounds)
            )
            body = self.of(product, reason="Người thân góp vốn")
            if self.does(name, set(COUNCIL), when, "conflicts", body):
                one.conflicts |= {name}
                one.expected -= {name}
                if self.state == "open" and not one.judged:
                    one.state = "postponed"
                one.look(self.quorate)

        def fill(self, name: str, product: int, total: int) -> None:
            one = self.products[product]
            before = {}
            if name in one.filled:
                before = {each["field"]: each["now"] for each in sheet(one.filled[name], 1)}
            changes = [each | {"was": before.get(each["field"])} for each in sheet(total, 1)]
            path = self.meeting.sheets(product)
            answer = self.who(name).patch(path, {"changes": changes})
            expected = 200 if self.scores(name, one) and name not in one.locked else 409
            expected = expected if name in COUNCIL else 404
            assert answer.status_code == expected, answer.get_data(as_text=True)
            if expected == 200:
                one.filled[name] = total

        def lock(self, name: str, product: int) -> None:
            one = self.products[product]
            answer = self.who(name).post(self.meeting.sheets(product, "/locking"))
            if name not in COUNCIL:
                expected = 404
            elif not self.scores(name, one) or name in one.locked:
                expected = 409
            else:
                expected = 200 if name in one.filled else 422
            assert answer.status_code == expected, answer.get_data(as_text=True)
            if expected == 200:
                one.locked |= {name}
                one.look(self.quorate)

        def score(self, product: int, total: int, *, but: int = 0) -> None:
            """All who are waited for, or all `but` one: so that a session comes to its end."""
            product, one = self.pick(product, "scoring")
            for name in sorted(one.expected - one.locked)[but:]:
                self.fill(name, product, total)
                self.lock(name, product)

        def out_of_order(self, name: str, act: str) -> None:
            seats, states = STATES[act]
            if self.state not in states:
                body = {
                    "attendance": {"member_id": self.members[CHAIR].id, "attendance": "left"},
                    "new-rounds": self.of(0, discussion="Đã trao đổi"),
                    "eliminations": self.of(0, finding="forged-dossier", reason="Hồ sơ giả"),
                    "conflicts": self.of(0, reason="Người thân góp vốn"),
                    "postponements": self.of(0, reason="Thiếu mẫu"),
                }.get(act, {"reason": "Xem lại"})  # fmt: skip
                if act in ("new-rounds", "eliminations", "postponements"):
                    seats = set(acting(self.products[0].conflicts)[: len(seats)])
                elif act in ("closing", "sending-back", "approval"):
                    seats = {self.leads[act == "closing"]}
                self.does(name, seats, False, act, body)

        def reopen(self, name: str, whose: str, product: int) -> None:
            product, one = self.pick(product, "scoring")
            when = one.state == "scoring" and whose in one.locked & one.expected
            body = {"member_id": self.members[whose].id, "reason": "Chấm nhầm"}
            act = f"sheets/{self.meeting.product(product)}/reopening"
            if self.does(name, one.acting(), when, act, body):
                one.locked -= {whose}

        def again(self, name: str, product: int) -> None:
            product, one = self.pick(product, "revealed")
            here = self.present & set(one.rounds[-1] if one.rounds else ())
            when = self.state == "open" and one.state == "revealed" and bool(here)
            body = self.of(product, discussion="Đã trao đổi")
            if self.does(name, one.acting(), when, "new-rounds", body):
                one.state, one.number = "scoring", one.number + 1
                one.expected, one.locked = here, set()
                one.filled = dict(one.rounds[-1])

        def eliminate(self, name: str, product: int) -> None:
            one = self.products[product]
            when = self.state == "open" and one.state in ("scoring", "revealed")
            body = self.of(product, finding="forged-dossier", reason="Hồ sơ giả")
            if self.does(name, {acting(one.conflicts)[0]}, when, "eliminations", body):
                one.state = "eliminated"

        def postpone(self, name: str, product: int) -> None:
            one = self.products[product]
            when = self.state == "open" and one.state in ("scoring", "revealed")
            body = self.of(product, reason="Thiếu mẫu")
            if self.does(name, one.acting(), when, "postponements", body):
                one.state = "postponed"

        def close(self, name: str) -> None:
            when = (
                self.state == "open"
                and self.quorate
                and all(
                    one.state in ("eliminated", "postponed")
                    or (one.state == "revealed" and not one.apart)
                    for one in self.products
                )
            )
            chair, secretary = self.leads
            if self.does(name, {secretary}, when and bool(chair), "closing"):
                self.state = "closed"
                for one in self.products:
                    one.state = "computed" if one.state == "revealed" else one.state

        def send_back(self, name: str) -> None:
            when = self.state == "closed"
            if self.does(name, {self.leads[0]}, when, "sending-back", {"reason": "Xem lại"}):
                self.state = "open"
                for one in self.products:
                    one.state = "revealed" if one.state == "computed" else one.state

        def approve(self, name: str) -> None:
            if self.does(name, {self.leads[0]}, self.state == "closed", "approval"):
                self.state = "approved"

        def scores(self, name: str, one: Product) -> bool:
            return one.state == "scoring" and name in one.expected and name not in one.conflicts

        # -- what has to hold at every moment

        @invariant()
        def the_revealed_rounds_are_what_is_seen(self) -> None:
            ids = {one.id: name for name, one in self.members.items()}
            for number, one in enumerate(self.products):
                path = self.meeting.at(f"/scores/{self.meeting.product(number)}")
                for name in (MEMBER, "officer"):
                    answer = self.who(name).get(path)
                    if name in one.conflicts:
                        assert answer.json["type"].endswith("conflict-of-interest")
                        continue
                    if not one.rounds:
                        assert answer.status_code == 409
                        assert answer.json["type"].endswith("not-revealed")
                        continue
                    seen = answer.json["rounds"]
                    assert one.rounds == [
                        {ids[each["member_id"]]: each["total"] for each in round["totals"]}
                        for round in seen
                    ]
                    for shown, round in zip(seen, one.rounds, strict=True):
                        mean = Decimal(sum(round.values())) / len(round)
                        assert Decimal(shown["mean"]) == mean
                    sheets = {
                        (each["round"], ids[each["member_id"]]): each["total"]
                        for each in answer.json["sheets"]
                    }
                    assert sheets == {
                        (place, who): total
                        for place, round in enumerate(one.rounds, 1)
                        for who, total in round.items()
                    }

        @invariant()
        def each_round_was_revealed_once(self) -> None:
            told = database.outbox.count_documents({"key": {"$regex": "^scoring.revealed"}})
            assert told == sum(len(one.rounds) for one in self.products)

        @invariant()
        def the_board_knows_who_is_waited_for(self) -> None:
            board = self.who(EXPERT).get(self.meeting.at("/board")).json
            ids = {one.id: name for name, one in self.members.items()}
            assert {ids[each] for each in board["present"]} == self.present
            for one, line in zip(self.products, board["products"], strict=True):
                scoring = line["scoring"]
                assert (scoring["state"], scoring["round"]) == (one.state, one.number)
                assert {ids[each] for each in scoring["locked"]} == one.locked
                assert {ids[each] for each in scoring["expected"]} == one.expected
                assert len(line["rounds"]) == (0 if EXPERT in one.conflicts else len(one.rounds))

        @invariant()
        def results_are_there_from_the_closing_on(self) -> None:
            standing = [one for one in self.meeting.results if one["state"] != "sent-back"]
            if self.state not in ("closed", "approved"):
                assert standing == []
                return
            found = {one["facts"]["package_id"]: one["facts"]["total"] for one in standing}
            expected = {}
            for package, one in zip(self.meeting.packages, self.products, strict=True):
                if one.state == "computed":
                    totals = one.rounds[-1].values()
                    expected[package.manifest.package_id] = Decimal(sum(totals)) / len(totals)
                elif one.state == "eliminated":
                    expected[package.manifest.package_id] = None
            assert {id: total and Decimal(total) for id, total in found.items()} == expected

    return Session


def test_a_session_does_what_its_model_does_whoever_acts_in_whatever_order(
    served, issuer, database
):
    door = Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)
    run_state_machine_as_test(
        driven(door, database),
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=[*HealthCheck], derandomize=True,
        ),
    )  # fmt: skip
