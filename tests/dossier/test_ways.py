"""Who supervises reads what lies below, and nobody's phone number or address: at no door."""

from itertools import product
from typing import Any

from contracts.package import WAYS
from rules.procedures import procedures
from services.dossier.domain.forms import Kind, forms
from tests.dossier.filing import OWNER, QD148, a_dossier, filled, people, submitted

EMAIL = "co-so-thu@vi.du"
OWN = "/t/<tenant>/v1"
TOLD = {"/dossiers/<id>", "/dossiers/<id>/history", "/producers/<id>", "/packages/<id>",
        "/reviews/<id>"}  # fmt: skip
"""The doors at which an officer reads how a producer is reached."""
ANOTHERS = {"completeness": "dossiers", "prediction": "dossiers", "reviews": "dossiers"}


def addresses(rule: str, database: Any) -> list[str]:
    """Each GET route with all that is known in its places."""
    of = rule.split("/")[1]
    known = {
        "<id>": database[ANOTHERS.get(of, of)].distinct("_id"),
        "<sha256>": database.packages.distinct("manifest.files.sha256"),
    }
    places = [known.get(part, [part]) for part in rule.split("/")]
    return ["/".join(map(str, one)) for one in product(*places)]


def test_a_supervisor_is_told_nobodys_number_or_address_at_any_door(app, person, database):
    everybody = people(person)
    everybody["owner"] = person("producer", phone=OWNER["phone"], subject="not a number")
    dossier = a_dossier(everybody["officer"], QD148)
    filled(everybody["owner"], dossier, **{"registration.email": EMAIL})
    submitted(everybody, dossier)
    rules = [one for one in app.url_map.iter_rules() if "GET" in (one.methods or ())]
    read: dict[str, set[str]] = {"officer": set(), "supervisor": set(), "supervisor above": set()}
    told: dict[str, set[str]] = {who: set() for who in read}
    for rule in {one.rule.removeprefix(OWN) for one in rules if one.rule.startswith(OWN)}:
        for who, address in product(read, addresses(rule, database)):
            answer = everybody[who].get(address)
            if answer.status_code == 200:
                read[who].add(rule)
            if any(way in answer.data for way in (OWNER["phone"].encode(), EMAIL.encode())):
                told[who].add(rule)
    assert told == {"officer": TOLD, "supervisor": set(), "supervisor above": set()}
    assert read["supervisor above"] >= TOLD


def test_the_ways_are_the_numbers_and_addresses_that_forms_ask_for():
    asked = {
        field.path
        for name in procedures()
        for field in forms(name, "2026", 1, None).fields.values()
        if field.kind in (Kind.PHONE, Kind.EMAIL)
    }
    assert asked == set(WAYS)
