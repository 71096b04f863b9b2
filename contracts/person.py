"""People: how they are reached, and who is acting."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.text import Line
from rules.vietnamese import key

_BETWEEN = re.compile(r"[\s.()\-]+")
_PHONE = re.compile(r"(?:(?:\+|00)?840?|0)([35789][0-9]{8}|2[0-9]{8,9})")
"""In Vietnam: a mobile number has 10 digits, a fixed line's 10 or 11."""
_EMAIL = re.compile(
    r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)


def _as_dialled(text: str) -> str:
    """0901234567, whether it was typed as +84 901 234 567 or as 0901.234.567."""
    found = _PHONE.fullmatch(_BETWEEN.sub("", text))
    if found is None:
        raise PydanticCustomError("phone", "no phone number of Vietnam")
    return f"0{found[1]}"


def _in_small_letters(text: str) -> str:
    """Mail servers tell capitals apart in theory, people in none."""
    found = text.lower()
    if not _EMAIL.fullmatch(found):
        raise PydanticCustomError("email", "no e-mail address")
    return found


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_as_dialled)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_in_small_letters),
]


class Person(BaseModel):
    """Who acts, as the token says. A program that works by itself has an id alone."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Line | None = None
    phone: Phone | None = None
    email: Email | None = None
    unit: Line | None = None
    """The commune that the role of a commune officer is for; None for who has not that role."""
    roles: frozenset[str] = frozenset()

    def works_for(self, unit: str) -> bool:
        """Whether this is their commune, however its name is typed."""
        return self.unit is not None and key(self.unit) == key(unit)


class Contact(BaseModel):
    """Somebody who can be reached; many have a phone and no e-mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    phone: Phone | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Contact":
        if self.phone is None and self.email is None:
            raise PydanticCustomError("unreachable", "neither phone nor e-mail")
        return self

    def reaches(self, person: Person) -> bool:
        """Whether a message to this contact comes to that person: by the same phone or address."""
        by_phone = self.phone is not None and self.phone == person.phone
        by_email = self.email is not None and self.email == person.email
        return by_phone or by_email
