"""For whom the running code works. Outside of any scope every query is an error.

A greenlet or thread started inside has an empty context and so fails closed: pass it on with
`contextvars.copy_context().run`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import InitVar, dataclass, field

from contracts.person import Person

SERVICE = "platform"
"""The tenant of what belongs to a service itself: its counters. No person works for it."""


@dataclass(frozen=True)
class Scope:
    """`who`: the person who acts, or the name of the program that does.
    `below`: the tenants under it that this act may reach as well, named by the entrypoint."""

    tenant: str
    who: InitVar[Person | str]
    below: frozenset[str] = frozenset()
    person: Person = field(init=False)

    def __post_init__(self, who: Person | str) -> None:
        object.__setattr__(self, "person", Person(id=who) if isinstance(who, str) else who)

    @property
    def actor(self) -> str:
        """As the audit trail names who acts."""
        return self.person.id

    @property
    def reach(self) -> frozenset[str]:
        return self.below | {self.tenant}


_scope: ContextVar[Scope] = ContextVar("scope")
current = _scope.get
enter = _scope.set
leave = _scope.reset


@contextmanager
def entered(scope: Scope) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)
