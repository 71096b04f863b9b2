"""Producers (chủ thể): who stands behind a product."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from pydantic import computed_field
from rapidfuzz import fuzz

from chassis.aggregate import Aggregate
from contracts.dossier import CertifiedFacts, ProducerFacts
from contracts.person import Contact, Person
from contracts.text import Line, Words
from rules import enterprises, names
from rules.vietnamese import key, lowered


class Producer(Aggregate):
    """One per name in its district, in whatever case and spaces; other spellings are another's
    until a person merges them. A name in two districts is two producers: each keeps its own.

    Whoever a contact reaches is of this producer; an imported one has none until an officer adds
    them. `commune`: the unit whose officer it belongs to, where it is known. `confirmed`: an
    officer has confirmed what it says beside its products' certificates."""

    facts: ProducerFacts
    confirmed: bool = False
    contacts: tuple[Contact, ...] = ()
    commune: Line | None = None
    withdrawn: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        return lowered(self.facts.name)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def commune_key(self) -> str | None:
        return key(self.commune) if self.commune else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reached_by(self) -> list[str]:
        """Every phone number and address of its contacts, to find a person's own by."""
        return sorted({one for each in self.contacts for one in (each.phone, each.email) if one})

    def is_contact(self, person: Person) -> bool:
        return any(one.reaches(person) for one in self.contacts)

    def facts_by(self, certified: CertifiedFacts) -> ProducerFacts:
        """Its facts as a certificate says them, as far as it does."""
        address = certified.producer_address or self.facts.address
        return self.facts.model_copy(update={"name": certified.producer, "address": address})

    @classmethod
    def named(cls, tenant: str, name: str, address: str) -> "Producer":
        facts = ProducerFacts(name=name, kind=enterprises.read(name).kind, address=address)
        return cls(tenant=tenant, facts=facts)


class Likeness(NamedTuple):
    """Producers that may be one and the same. Only a person says that they are."""

    producers: tuple[Producer, ...]
    reason: Words


_SAME_LETTERS = Words(
    "Tên chỉ khác dấu, cách viết hoặc viết tắt.",
    "The names differ in diacritics, spelling or short forms alone.",
)
_SAME_NAME = Words(
    "Tên riêng giống nhau, phần còn lại viết khác.",
    "The proper name is alike, and the rest is written otherwise.",
)
_ALIKE = 88
_TELLING = 30
"""A word that more names than this have in common tells nothing, and costs all their pairs."""


def likeness_of(name: str) -> str:
    """Equal for names that a search reads alike, and for short forms (HTX, hợp tác xã)."""
    return names.likeness(enterprises.written_out(name))


class _Name(NamedTuple):
    producer: Producer
    proper: str
    place: str

    @property
    def together(self) -> str:
        """Ba Na and Bana are one."""
        return self.proper.replace(" ", "")


def likenesses(producers: Iterable[Producer]) -> list[Likeness]:
    """Groups of names so alike that a person should look, each with the reason."""
    named = [_name(one) for one in producers]
    together: dict[str, list[_Name]] = {name.producer.id: [name] for name in named}
    for one, other in _sharing_a_word(named):
        first, second = together[one.producer.id], together[other.producer.id]
        if first is not second and _alike(one, other):
            first += second
            together |= {name.producer.id: first for name in second}
    groups = {id(group): group for group in together.values() if len(group) > 1}
    found = [_likeness(group) for group in groups.values()]
    return sorted(found, key=lambda one: one.producers[0].key)


def _name(producer: Producer) -> _Name:
    proper = _plain(enterprises.read(producer.facts.name).proper)
    return _Name(producer, proper, _plain(producer.facts.address))


def _plain(text: str) -> str:
    return " ".join(word.plain for word in names.words(text))


def _sharing_a_word(named: Iterable[_Name]) -> Iterator[tuple[_Name, _Name]]:
    with_word: dict[str, list[_Name]] = defaultdict(list)
    for name in named:
        for word in {name.together, *name.proper.split()} - {""}:
            with_word[word].append(name)
    for sharing in with_word.values():
        if len(sharing) <= _TELLING:
            yield from combinations(sharing, 2)


def _alike(one: _Name, other: _Name) -> bool:
    if one.together == other.together:
        return True
    if fuzz.token_sort_ratio(one.proper, other.proper) >= _ALIKE:
        return True
    shared = [word for word in one.proper.split() if word in other.proper.split()]
    if len(shared) < 2 or any(" ".join(shared) in name.place for name in (one, other)):
        return False  # many producers bear the name of their commune
    return fuzz.token_set_ratio(one.proper, other.proper) >= _ALIKE


def _likeness(group: list[_Name]) -> Likeness:
    only_spelling = len({likeness_of(name.producer.facts.name) for name in group}) == 1
    producers = sorted((name.producer for name in group), key=lambda one: one.key)
    return Likeness(tuple(producers), _SAME_LETTERS if only_spelling else _SAME_NAME)
