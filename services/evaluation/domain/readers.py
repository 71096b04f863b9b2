"""Who may read a thing, said once for one thing and for lists: the thing names its readers, a
person has keys, and one key that fits is enough."""

from collections.abc import Iterable

from contracts.person import Contact, Person
from rules.vietnamese import key
from services.evaluation.domain.councils import ways_to


def office(tenant: str) -> str:
    """The tenant's own people: officers, help team, authority."""
    return f"{tenant}/office"


def above(tenant: str) -> str:
    """Who supervises from a tenant over it."""
    return f"{tenant}/above"


def of_contacts(tenant: str, contacts: Iterable[Contact]) -> set[str]:
    return {f"{tenant}/{way}" for one in contacts for way in ways_to(one)}


def of_commune(tenant: str, commune: str) -> str:
    return f"{tenant}/unit/{key(commune)}"


def keys_of(
    person: Person, tenant: str, *, in_office: bool, supervised: Iterable[str]
) -> list[str]:
    """What a person of that tenant may read by. `supervised`: the tenants below that they may."""
    keys = {f"{tenant}/{way}" for way in (person.phone, person.email) if way is not None}
    if in_office:
        keys.add(office(tenant))
    keys |= {above(one) for one in supervised}
    if person.unit is not None:
        keys.add(of_commune(tenant, person.unit))
    return sorted(keys)
