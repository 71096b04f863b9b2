"""How a council judges, by the hands of those who do it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.person import Person
from demo.cast import Cast, contact
from demo.filing import Filing
from demo.platform import Platform
from demo.telling import waited

PLACE = "Phòng họp mẫu"


class Council:
    """Of one tenant, appointed for this telling, without a lead of working days."""

    def __init__(
        self, platform: Platform, cast: Cast, level: str, size: int = 5, **settings: Any
    ) -> None:
        self.platform, self.cast = platform, cast
        self.home = f"/{cast.tenant}/evaluation/v1"
        seated = cast.council(size)
        self.people = [person for _, person in seated]
        body = {
            "name": f"Hội đồng OCOP mẫu {uuid4().hex[:6]}", "level": level,
            "decision_number": f"{uuid4().hex[:4]}/QĐ-UBND", "decided_on": _today(),
            "members": [
                {"seat": seat, "contact": contact(person)} for seat, person in seated
            ],
            "help_team": [contact(cast.help_team)],
            "settings": {"lead_working_days": 0} | settings,
        }  # fmt: skip
        appointed = platform.of(cast.officer).post(f"{self.home}/councils", body)
        self.id = appointed["id"]
        self.members = [one["id"] for one in appointed["members"]]

    @property
    def chair(self) -> Person:
        return self.people[0]

    @property
    def secretary(self) -> Person:
        return self.people[2]

    def package(self, dossier: str) -> str:
        """Evaluation's own id of what was submitted, once all of it lies there."""

        def ready() -> list[str]:
            found = self.platform.of(self.cast.officer).get(
                f"{self.home}/packages", dossier_id=dossier, ready="true"
            )
            return [one["id"] for one in found["items"]]

        return waited(ready, "hồ sơ đến hội đồng", "the package is with the council")[0]

    def convene(self, packages: Sequence[str]) -> "Session":
        starts = datetime.now(UTC) + timedelta(minutes=1)
        body = {
            "council_id": self.id, "place": PLACE, "starts_at": starts.isoformat(),
            "agenda": [*packages],
        }  # fmt: skip
        convened = self.platform.of(self.secretary).post(f"{self.home}/sessions", body)
        return Session(self, convened["id"], packages)

    def decide(self, results: Sequence[str]) -> Any:
        """By the authority; the decision with its list and the certificates' numbers."""
        body = {
            "number": f"{uuid4().hex[:4]}/QĐ-UBND", "decided_on": _today(), "results": [*results],
        }  # fmt: skip
        return self.platform.of(self.cast.authority).post(f"{self.home}/decisions", body)


class Session:
    def __init__(self, council: Council, id: str, packages: Sequence[str]) -> None:
        self.council, self.id, self.packages = council, id, list(packages)
        self.path = f"{council.home}/sessions/{id}"

    def of(self, person: Person) -> Any:
        return self.council.platform.of(person)

    def open(self) -> None:
        """All come, and the secretary opens."""
        for member in self.council.members:
            self.attend(member, "present")
        self.of(self.council.secretary).post(f"{self.path}/opening")

    def attend(self, member: str, attendance: str) -> None:
        body = {"member_id": member, "attendance": attendance}
        self.of(self.council.secretary).post(f"{self.path}/attendance", body)

    def fill(
        self, person: Person, package: str, options: Mapping[str, int], *, team: bool = False
    ) -> None:
        """Option by option, as people do; not yet locked."""
        who, path = self.of(person), self._sheet(package, team)
        fields = who.get(path)["fields"]
        changes = [
            {"field": f"options.{code}", "was": fields.get(f"options.{code}"), "now": number}
            for code, number in options.items()
        ]
        who.patch(path, {"changes": changes})

    def lock(self, person: Person, package: str, *, team: bool = False) -> None:
        self.of(person).post(f"{self._sheet(package, team)}/locking")

    def score(self, package: str, sheets: Sequence[Mapping[str, int]]) -> None:
        """Each member in turn: fills and locks."""
        for person, options in zip(self.council.people, sheets, strict=True):
            self.fill(person, package, options)
            self.lock(person, package)

    def help_team_scores(self, package: str, options: Mapping[str, int]) -> None:
        team = self.council.cast.help_team
        self.fill(team, package, options, team=True)
        self.lock(team, package, team=True)

    def scores(self, package: str, person: Person | None = None) -> Any:
        return self.of(person or self.council.chair).get(f"{self.path}/scores/{package}")

    def close_and_approve(self) -> list[Any]:
        """By secretary and chair; the results, in full."""
        self.of(self.council.secretary).post(f"{self.path}/closing")
        self.of(self.council.chair).post(f"{self.path}/approval")
        chair, path = self.of(self.council.chair), f"{self.council.home}/results"
        found = chair.get(path, session_id=self.id)["items"]
        return [chair.get(f"{path}/{one['id']}") for one in found]

    def _sheet(self, package: str, team: bool) -> str:
        return f"{self.path}/{'help-team-sheets' if team else 'sheets'}/{package}"


def judged(
    council: Council, filing: Filing, options: Mapping[str, int], package: str | None = None
) -> Any:
    """A session over one product in which all agree; its result."""
    package = package or council.package(filing.dossier)
    session = council.convene([package])
    session.open()
    session.help_team_scores(package, options)
    session.score(package, [options] * len(council.people))
    return session.close_and_approve()[0]


def _today() -> str:
    return date.today().isoformat()
