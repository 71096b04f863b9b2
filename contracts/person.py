"""People: how they are reached, and who is acting."""

from typing import Annotated

import idna
import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from contracts.text import Line, Name
from rules.letters import mended
from rules.vietnamese import key

_BETWEEN = regex.compile(r"^tel:|[\s.()/\p{Dash}\u00b7]+")
_PHONE = regex.compile(r"(?:(?:\+|00)?840?|0)([35789][0-9]{8}|2[0-9]{8,9})")
"""In Vietnam: a mobile number has 10 digits, a fixed line's 10 or 11."""
_EMAIL = regex.compile(
    r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
_AROUND = regex.compile(r"^[\s\p{Bidi_Control}]+|[\s\p{Bidi_Control}]+$")


def _as_dialled(text: str) -> str:
    """0901234567, whether it was typed as +84 901 234 567 or as 0901.234.567, or copied from a
    phone with the marks and hyphens that it puts around and between."""
    found = _PHONE.fullmatch(_BETWEEN.sub("", mended(text)))
    if found is None:
        raise PydanticCustomError("phone", "no phone number of Vietnam")
    return f"0{found[1]}"


def _as_compared(text: str) -> str:
    """Mail servers tell capitals apart in theory, people in none. A name is of ASCII alone: by
    Unicode's small letters the Kelvin sign is a k, and one's address another's. A domain is in the
    form that name servers know (UTS 46)."""
    name, _, domain = _AROUND.sub("", text).rpartition("@")
    found = f"{name}@{_ascii(domain)}"
    if not (found.isascii() and _EMAIL.fullmatch(found.lower())):
        raise PydanticCustomError("email", "no e-mail address")
    return found.lower()


def _ascii(domain: str) -> str:
    """Unchanged where it is no domain."""
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_as_dialled)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_as_compared)]


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


class _Named(BaseModel):
    name: Name


def _by_its_name(contact: Contact) -> Contact:
    _Named(name=contact.name)
    return contact


GivenContact = Annotated[Contact, AfterValidator(_by_its_name)]
"""As a door takes one."""
