"""Who plays: people of the demonstration's tenants, by role, evidently made up."""

from dataclasses import dataclass
from typing import Any

from chassis.tokens import Role
from contracts.person import Person

COMMUNE = "xã Mẫu"


@dataclass(frozen=True)
class Cast:
    """The people of one tenant. `number` tells their phone numbers from another tenant's."""

    tenant: str
    number: int

    def _somebody(self, place: int, name: str, *roles: Role, unit: str | None = None) -> Person:
        return Person(
            id=f"{self.tenant}-{place}", name=name, phone=f"090000{self.number}{place:03}",
            email=f"nguoi-{place}@{self.tenant}.example", unit=unit, roles=frozenset(roles),
        )  # fmt: skip

    @property
    def officer(self) -> Person:
        return self._somebody(1, "Cán bộ OCOP mẫu", Role.OFFICER)

    @property
    def help_team(self) -> Person:
        return self._somebody(2, "Tổ giúp việc mẫu", Role.HELP_TEAM)

    @property
    def authority(self) -> Person:
        return self._somebody(3, "Chủ tịch UBND mẫu", Role.AUTHORITY)

    @property
    def commune_officer(self) -> Person:
        return self._somebody(4, "Cán bộ xã Mẫu", Role.COMMUNE_OFFICER, unit=COMMUNE)

    @property
    def producer(self) -> Person:
        return self._somebody(5, "Chủ cơ sở mẫu", Role.PRODUCER)

    def council(self, size: int = 5) -> list[tuple[str, Person]]:
        """Seats and who has them; what a seat may do is in no token, the council says it."""
        places = [
            ("chair", "Chủ tịch hội đồng mẫu"),
            ("vice-chair", "Phó chủ tịch hội đồng mẫu"),
            ("secretary", "Thư ký hội đồng mẫu"),
            *(("member", f"Uỷ viên mẫu {number}") for number in range(1, size - 2)),
        ]
        return [
            (seat, self._somebody(10 + place, name)) for place, (seat, name) in enumerate(places, 1)
        ]


def contact(person: Person) -> dict[str, Any]:
    """How others write down who that is."""
    return {"name": person.name, "phone": person.phone, "email": person.email}


DISTRICT, PROVINCE = Cast("huyen-mau", 1), Cast("tinh-mau", 2)
