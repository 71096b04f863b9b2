"""A council and a package, evidently made up, for whoever tests with them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from contracts.councils import CouncilFacts, Seat
from contracts.filing import EXAMPLE_MANIFEST
from contracts.package import Manifest
from contracts.person import Contact
from rules.procedures import procedures
from services.evaluation.domain.councils import Council, CouncilSettings, Helper, Member
from services.evaluation.domain.packages import Package, PackageState, own_id

AT = datetime(2026, 2, 2, 1, tzinfo=UTC)
SEATS = (Seat.CHAIR, Seat.VICE_CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER)


def contact(number: int, name: str = "Người mẫu") -> Contact:
    return Contact(name=f"{name} {number}", phone=f"09000000{number:02}")


def member(number: int, seat: Seat = Seat.MEMBER, **other: Any) -> Member:
    usual = {"id": str(uuid4()), "scores": seat is not Seat.EXPERT, "contact": contact(number)}
    return Member(seat=seat, **(usual | other))


def helper(number: int, **other: Any) -> Helper:
    return Helper(**contact(number, "Tổ giúp việc mẫu").model_dump() | other)


def council(*seats: Seat, tenant: str = "huyen-mau", **settings: Any) -> Council:
    """Members can be reached by 0900000011 and the following, the help team by 0900000051."""
    procedure = procedures()["qd148-2023"]
    members = tuple(member(11 + place, seat) for place, seat in enumerate(seats or SEATS))
    own = CouncilSettings.by(procedure.council).model_copy(update=settings)
    facts = CouncilFacts(
        name="Hội đồng OCOP Huyện Mẫu", level="district", decision_number="01/QĐ-UBND",
        decided_on=date(2026, 1, 2), seats=len(members),
    )  # fmt: skip
    return Council(
        tenant=tenant, facts=facts, procedure=procedure.name, members=members,
        help_team=(helper(51),), settings=own,
    )  # fmt: skip


def with_others(one: Council) -> Council:
    """With other people in its seats, reached by 0900000061 and the following, and no help team."""
    one.members = tuple(
        each.model_copy(update={"contact": contact(61 + place)})
        for place, each in enumerate(one.members)
    )
    one.help_team = ()
    return one


def manifest(**other: Any) -> Manifest:
    """Of a dossier and a product of its own, without files."""
    ids = {name: str(uuid4()) for name in ("package_id", "dossier_id", "product_id")}
    return Manifest.model_validate(EXAMPLE_MANIFEST | ids | {"files": []} | other)


def package(tenant: str = "huyen-mau", **other: Any) -> Package:
    """Accepted and delivered; `other`: of its manifest."""
    of = manifest(**other)
    one = Package(
        id=own_id(tenant, of.package_id), tenant=tenant, manifest=of, owner=tenant,
        follows=of.dossier_id, since=AT, state=PackageState.ACCEPTED,
    )  # fmt: skip
    one.deliver(AT)
    return one
