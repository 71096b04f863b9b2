"""Proposed changes (đề nghị thay đổi): the words that a certificate says are not changed by one
side alone. While one holds, a change of them waits beside the register until an officer confirms or
refuses it. Of a thing one is open at a time; a later one takes over what it does not name itself.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from pydantic import JsonValue, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, Forbidden
from contracts.dossier import ProducerFacts, ProductFacts, ProductSet
from contracts.text import Id, Line, Paragraph, Words
from rules.vietnamese import key
from services.dossier.domain.standing import FILLERS, Actor, Moment, Signature, Standing

F = TypeVar("F", ProducerFacts, ProductFacts)
WORDS: Mapping[type[ProducerFacts] | type[ProductFacts], tuple[str, ...]] = {
    ProducerFacts: ("name", "address"),
    ProductFacts: ("name", "address", "set"),
}
"""The facts that a certificate may say. All others are nobody's but the register's."""


class Subject(StrEnum):
    PRODUCER = "producer"
    PRODUCT = "product"


class ChangeState(StrEnum):
    OPEN = "open"  # chờ cán bộ xác nhận
    CONFIRMED = "confirmed"  # đã xác nhận, sổ ghi như vậy
    REFUSED = "refused"  # không được xác nhận
    WITHDRAWN = "withdrawn"  # chủ thể hoặc người đề nghị rút
    OVERTAKEN = "overtaken"  # một đề nghị sau thay, hoặc sổ đã ghi khác

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {
    ChangeState.OPEN: Words("đang chờ xác nhận", "waits to be confirmed"),
    ChangeState.CONFIRMED: Words("đã được xác nhận", "has been confirmed"),
    ChangeState.REFUSED: Words("đã không được xác nhận", "has been refused"),
    ChangeState.WITHDRAWN: Words("đã được rút", "has been withdrawn"),
    ChangeState.OVERTAKEN: Words("đã có thay đổi sau thay thế", "was overtaken by a later change"),
}


class ProposedChange(Aggregate):
    """`was`, `now`: the facts that it is about. `name`: the thing's, as the register had it.
    `proposed`: by all who had a hand in it; nobody: the register said it before the certificate
    came that says otherwise.
    """

    subject: Subject
    subject_id: Id
    producer_id: Id
    name: Line
    commune: Line | None
    was: dict[str, JsonValue]
    now: dict[str, JsonValue]
    proposed: tuple[Signature, ...]
    at: Moment
    state: ChangeState = ChangeState.OPEN
    ended: Signature | None = None
    reason: Paragraph | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def commune_key(self) -> str | None:
        return key(self.commune) if self.commune else None

    def confirm(self, by: Actor, at: datetime, reason: Paragraph) -> None:
        self._end(ChangeState.CONFIRMED, reason)
        self.ended = self._officers(by, at)

    def refuse(self, by: Actor, at: datetime, reason: Paragraph) -> None:
        self._end(ChangeState.REFUSED, reason)
        self.ended = self._officers(by, at)

    def withdraw(self, by: Actor, at: datetime, reason: Paragraph) -> None:
        """By the producer, or whoever of an office proposed it."""
        self._end(ChangeState.WITHDRAWN, reason)
        if not (by.is_one_of(Standing.CONTACT) or self._is_proposed_by(by)):
            raise Forbidden(
                "Đề nghị do chủ thể hoặc người đã đề nghị rút.",
                "It is withdrawn by the producer, or by who proposed it.",
            )
        self.ended = Signature.of(by, at, *FILLERS)

    def overtake(self) -> None:
        self._end(ChangeState.OVERTAKEN, None)

    def may(self, by: Actor) -> list[str]:
        """What that person may do with it now."""
        if self.state is not ChangeState.OPEN:
            return []
        decides = ["confirm", "refuse"] if self._decides(by) else []
        withdraws = by.is_one_of(Standing.CONTACT) or self._is_proposed_by(by)
        return decides + (["withdraw"] if withdraws else [])

    def _officers(self, by: Actor, at: datetime) -> Signature:
        if not self._decides(by):
            raise Forbidden(
                "Đề nghị do một cán bộ khác của đơn vị xem xét: không phải người đã đề nghị, không "
                "phải người liên hệ của chủ thể.",
                "Another officer of the tenant looks at it: not who proposed it, and no contact of "
                "the producer.",
            )
        return Signature.of(by, at, Standing.OFFICER)

    def _decides(self, by: Actor) -> bool:
        partial = by.is_one_of(Standing.CONTACT) or self._is_proposed_by(by)
        return by.is_one_of(Standing.OFFICER) and not partial

    def _is_proposed_by(self, by: Actor) -> bool:
        return any(one.by == by.id for one in self.proposed)

    def _end(self, state: ChangeState, reason: Paragraph | None) -> None:
        if self.state is not ChangeState.OPEN:
            said = self.state.words
            raise Conflict(f"Đề nghị này {said.vi}.", f"This change {said.en}.")
        self.state, self.reason = state, reason


def differing(was: F, now: F, names: Iterable[str]) -> list[str]:
    """Which of these facts say something else. Who says so of a set is no part of what it says."""
    return [name for name in names if _said(was, name) != _said(now, name)]


def taken(facts: F, words: Mapping[str, object]) -> F:
    """These facts with those of `words`, as they are kept."""
    return type(facts).model_validate(facts.model_dump() | dict(words))


def _said(facts: F, name: str) -> object:
    value = getattr(facts, name)
    return value.number if isinstance(value, ProductSet) else value
