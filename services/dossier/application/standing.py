"""What the caller is to a producer's things: by their roles, and by the producer's own contacts."""

from collections.abc import Iterator

from chassis.problems import Forbidden, NotFound
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.person import Person
from rules.vietnamese import key
from services.dossier.domain.producers import Producer
from services.dossier.domain.standing import Actor, Standing

_BY_ROLE = {
    Role.OFFICER: Standing.OFFICER,
    Role.ADMINISTRATOR: Standing.OFFICER,
    Role.HELP_TEAM: Standing.HELP_TEAM,
    Role.AUTHORITY: Standing.AUTHORITY,
}
_LISTING = {Role.OFFICER, Role.ADMINISTRATOR, Role.SUPERVISOR}


def actor(work: UnitOfWork, producer: Producer, unit: str | None) -> Actor:
    """`unit`: the commune that the thing belongs to, where it is known."""
    person = work.scope.person
    standings = set(_above(person))
    if producer.tenant == work.scope.tenant:
        standings |= set(_within(person, producer, unit))
    return Actor(id=person.id, name=person.name, standings=frozenset(standings))


def sees_lists(work: UnitOfWork) -> bool:
    """An officer's or a supervisor's lists: the tenant's, and of what lies below it."""
    return not _LISTING.isdisjoint(work.scope.person.roles)


def is_officer(work: UnitOfWork) -> bool:
    """Of the tenant; an administrator is one."""
    roles = work.scope.person.roles
    return any(one is Standing.OFFICER for role, one in _BY_ROLE.items() if role in roles)


def own_unit(work: UnitOfWork) -> str:
    """A commune officer's unit, as it is looked for; Forbidden for who has no lists."""
    person = work.scope.person
    if person.unit is None:
        raise Forbidden(
            "Vai trò của bạn không xem được danh sách chung.",
            "Your role does not see this list; ask for your own with mine=true.",
        )
    return key(person.unit)


def reaching(person: Person) -> list[str]:
    """The phone number and the address by which they are a contact."""
    return [one for one in (person.phone, person.email) if one]


def no_such(kind: str) -> NotFound:
    """Also for what there is, and is not the caller's business."""
    return NotFound("Không tìm thấy.", f"There is no such {kind}.")


def _above(person: Person) -> Iterator[Standing]:
    if Role.SUPERVISOR in person.roles:
        yield Standing.SUPERVISOR


def _within(person: Person, producer: Producer, unit: str | None) -> Iterator[Standing]:
    yield from (standing for role, standing in _BY_ROLE.items() if role in person.roles)
    if unit is not None and person.works_for(unit):
        yield Standing.COMMUNE_OFFICER
    if producer.is_contact(person):
        yield Standing.CONTACT
