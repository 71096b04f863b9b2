"""The rules with their templates, as one that can be followed or is refused."""

from collections.abc import Iterator, Sequence

from contracts.event import Event, events
from contracts.person import Contact
from contracts.tenant import TenantName
from services.notification.domain.rules import Rule, violations
from services.notification.domain.templates import Templates

SOMEBODY = Contact(name="Người nhận", phone="0900000000")
SOMEWHERE = TenantName(vi="Đơn vị", en="A unit")


class Rulebook:
    """Raises ValueError with all that is wrong: before any event comes, not at the first."""

    def __init__(self, rules: Sequence[Rule], templates: Templates) -> None:
        self.rules, self.templates = tuple(rules), templates
        if wrong := [*violations(rules)] or [*self._unwritable()]:
            raise ValueError("; ".join(wrong))

    def about(self, event: Event) -> list[Rule]:
        return [rule for rule in self.rules if rule.event == event.type]

    def names_anybody(self, event: Event) -> bool:
        """Whether there is somebody to tell: a certificate from a list has no contacts."""
        return any(True for rule in self.about(event) for _ in rule.told(event))

    def outdating(self, name: str) -> frozenset[str]:
        """After which events a message by this rule is old; a rule that is gone has none."""
        return next((rule.outdated_by for rule in self.rules if rule.name == name), frozenset())

    def _unwritable(self) -> Iterator[str]:
        for rule in self.rules:
            if rule.template not in self.templates:
                yield f"{rule.name}: no template {rule.template} in both languages"
                continue
            kind = events[rule.event]
            example = kind.model_validate(kind.example)
            try:
                self.templates.write(rule.template, example, SOMEBODY, SOMEWHERE)
            except Exception as error:  # whatever a template does
                yield f"{rule.name}: {rule.template} does not fit {rule.event}: {error}"
