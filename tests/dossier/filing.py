"""A producer, its product and a round of Tri Tôn, and who is what to them."""

from collections.abc import Callable
from typing import Any

from tests.dossier.conftest import Doors

COMMUNE, OTHER_COMMUNE = "xã Ô Lâm", "xã Cô Tô"
OWNER = {"name": "Bà Chủ Mẫu", "phone": "0901234567"}
STRANGER = {"name": "Ông Khác", "phone": "0907654321", "email": "khac@vi.du"}
FACTS = {"name": "Cơ sở Thử", "kind": "household", "address": "ấp 1, xã Ô Lâm"}
TEA = {"name": "Trà thử", "address": "ấp 1, xã Ô Lâm", "set": {"number": 11, "basis": "assigned"}}


def people(person: Callable[..., Doors]) -> dict[str, Doors]:
    """Everybody who could have to do with the producer: by what they are to it."""
    return {
        "owner": person("producer", phone=OWNER["phone"], name=OWNER["name"]),
        "officer": person("officer", name="Cán bộ huyện"),
        "administrator": person("administrator"),
        "commune": person("commune-officer", unit=COMMUNE, name="Cán bộ xã"),
        "other commune": person("commune-officer", unit=OTHER_COMMUNE),
        "other producer": person("producer", phone=STRANGER["phone"]),
        "nobody": person(),
        "help team": person("help-team"),
        "authority": person("authority"),
        "supervisor": person("supervisor"),
        "supervisor above": person("supervisor", tenant="an-giang"),
        "officer above": person("officer", tenant="an-giang"),
        "officer beside": person("officer", tenant="chau-phu"),
        "owner's number beside": person("producer", tenant="chau-phu", phone=OWNER["phone"]),
    }


def registered(by: Doors, **given: Any) -> Any:
    """A producer of the register."""
    body = {"facts": FACTS, "contacts": [OWNER], "commune": COMMUNE} | given
    answer = by.post("/producers", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


def product_of(by: Doors, producer: Any, **facts: Any) -> Any:
    body = {"facts": TEA | {"producer_id": producer["id"]} | facts}
    answer = by.post("/products", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json
