"""A council that meets through the doors: everybody by their own token."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import run
from contracts.councils import Seat
from demo.choices import options
from services.evaluation.domain.councils import Council, Member
from services.evaluation.domain.packages import Package
from tests.evaluation.doors import Caller
from tests.evaluation.people import council, package

PAIR = (Seat.CHAIR, Seat.SECRETARY)
REASON = {"reason": "Lý do mẫu"}


def keep(tenant: str, *aggregates: Any) -> None:
    with entered(Scope(tenant, "test")):
        run(lambda work: work.save(*aggregates))


def sheet(total: int = 72, star: int = 4, missing: str | None = None) -> list[dict[str, Any]]:
    """The changes that fill an empty sheet of set 4 to this total."""
    chosen = options(4, total, star, missing)
    return [{"field": f"options.{code}", "was": None, "now": now} for code, now in chosen.items()]


@dataclass
class Meeting:
    """`door`: nobody's, of the council's tenant."""

    door: Caller
    council: Council
    packages: list[Package]
    id: str = ""
    starts_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=1))

    @classmethod
    def of(
        cls, door: Caller, *seats: Seat, products: int = 1, tenant: str = "huyen-mau",
        packages: list[Package] | None = None, level: str = "district", **settings: Any,
    ) -> "Meeting":  # fmt: skip
        usual = {"lead_working_days": 0, "help_team_first": False}
        one = council(*(seats or PAIR), tenant=tenant, **(usual | settings))
        one.facts = one.facts.model_copy(update={"level": level})
        of = packages or [package(tenant) for _ in range(products)]
        keep(tenant, one, *(of if packages is None else []))
        return cls(door.as_(tenant=tenant), one, of)

    @property
    def officer(self) -> Caller:
        return self.door.as_("officer", subject="officer")

    @property
    def authority(self) -> Caller:
        return self.door.as_("authority", subject="authority")

    @property
    def chair(self) -> Caller:
        return self.member(self.seat(Seat.CHAIR))

    @property
    def secretary(self) -> Caller:
        return self.member(self.seat(Seat.SECRETARY))

    @property
    def team(self) -> Caller:
        phone = self.council.help_team[0].phone
        return self.door.as_(phone=phone, subject="team")

    def producer(self, number: int = 0) -> Caller:
        phone = self.packages[number].manifest.contacts[0].phone
        return self.door.as_("producer", phone=phone, subject="producer")

    def seat(self, seat: Seat) -> Member:
        return next(one for one in self.council.members if one.seat is seat)

    def member(self, one: Member) -> Caller:
        return self.door.as_(phone=one.contact.phone, subject=one.contact.phone)

    @property
    def scorers(self) -> list[Member]:
        return [one for one in self.council.members if one.scores]

    # -- what is asked

    def at(self, rest: str = "") -> str:
        return f"/sessions/{self.id}{rest}"

    def product(self, number: int = 0) -> str:
        return self.packages[number].id

    def sheets(self, number: int = 0, rest: str = "") -> str:
        return self.at(f"/sheets/{self.product(number)}{rest}")

    @property
    def convening(self) -> dict[str, Any]:
        return {
            "council_id": self.council.id, "place": "Phòng họp mẫu",
            "starts_at": self.starts_at.isoformat(), "agenda": [one.id for one in self.packages],
        }  # fmt: skip

    # -- what is done

    def convene(self) -> "Meeting":
        self.id = ok(self.officer.post("/sessions", self.convening), 201)["id"]
        return self

    def arrive(self, *members: Member) -> "Meeting":
        for one in members or self.council.members:
            ok(self.attend(one))
        return self

    def attend(self, one: Member, attendance: str = "present") -> Any:
        body = {"member_id": one.id, "attendance": attendance}
        return self.secretary.post(self.at("/attendance"), body)

    def open(self) -> "Meeting":
        self.convene().arrive()
        ok(self.secretary.post(self.at("/opening")))
        return self

    def answer(
        self, one: Member, number: int = 0, *, conflict: bool, by: Caller | None = None
    ) -> Any:
        """Whether a sign of a conflict is one; by an officer unless somebody else is named."""
        body = {
            "package_id": self.product(number), "member_id": one.id, "conflict": conflict,
            "reason": "Đã hỏi cả hai bên",
        }  # fmt: skip
        return (by or self.officer).post(self.at("/conflict-answers"), body)

    def fill(self, one: Member, total: int = 72, number: int = 0, **other: Any) -> "Meeting":
        """From what stands there to a sheet of this total."""
        who = self.member(one)
        before = ok(who.get(self.sheets(number)))["fields"]
        changes = [
            change | {"was": before.get(change["field"])} for change in sheet(total, **other)
        ]
        ok(who.patch(self.sheets(number), {"changes": changes}))
        return self

    def lock(self, one: Member, number: int = 0) -> Any:
        return self.member(one).post(self.sheets(number, "/locking"))

    def score(self, *totals: int, number: int = 0, **other: Any) -> "Meeting":
        """Each scorer fills and locks; without totals all of them 72."""
        for one, total in zip(self.scorers, totals or [72] * len(self.scorers), strict=True):
            self.fill(one, total, number, **other)
            ok(self.lock(one, number))
        return self

    def scored(self, *totals: int, **other: Any) -> "Meeting":
        self.open()
        for number in range(len(self.packages)):
            self.score(*totals, number=number, **other)
        return self

    def close(self) -> "Meeting":
        ok(self.secretary.post(self.at("/closing")))
        return self

    def approve(self) -> "Meeting":
        ok(self.chair.post(self.at("/approval")))
        return self

    @property
    def results(self) -> list[dict[str, Any]]:
        asked = f"/results?session_id={self.id}"
        return list(ok(self.officer.get(asked))["items"])

    def deciding(self, number: str = "12/QĐ-UBND") -> dict[str, Any]:
        today = (datetime.now(UTC) + timedelta(hours=7)).date()
        ids = [one["id"] for one in self.results]
        return {"number": number, "decided_on": today.isoformat(), "results": ids}

    def decide(self, number: str = "12/QĐ-UBND") -> dict[str, Any]:
        return ok(self.authority.post("/decisions", self.deciding(number)), 201)


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return dict(answer.json)
