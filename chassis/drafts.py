"""Saving field by field: a draft is a flat map from field to value, a save a few changes to it.

Pure; which fields there are and what they may hold is the domain's to check.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.text import Words

FIELD = r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$"
"""Names with dots between: `registration.representative`, `options.1.5`."""


class Change(BaseModel):
    """`was`: the value that its author saw and replaces. None: no value."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    field: Annotated[str, Field(pattern=FIELD, max_length=200)]
    was: JsonValue
    now: JsonValue


class Collision(NamedTuple):
    """One field that two have changed: `yours` is this save's value, `theirs` what stands there."""

    field: str
    yours: JsonValue
    theirs: JsonValue


class Collided(Conflict):
    """Nothing of the save was applied. Whoever sent it chooses between the two values and saves
    again, with the one that stands there as `was`.
    """

    slug = "collided"
    title = Words("Người khác vừa sửa cùng mục", "Somebody else has changed the same field")

    def __init__(self, collisions: Sequence[Collision]) -> None:
        super().__init__(
            f"Chưa lưu gì: người khác vừa sửa {len(collisions)} mục bạn đang sửa. Mời chọn một "
            "trong hai giá trị của từng mục.",
            f"Nothing was saved: somebody else has just changed {len(collisions)} of these fields. "
            "Choose a value of each.",
        )
        self.collisions = tuple(collisions)

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"conflicts": [one._asdict() for one in self.collisions]}


class Applied(NamedTuple):
    """`changes`: those that did change something, for the act's detail."""

    fields: dict[str, JsonValue]
    changes: tuple[Change, ...]


def applied(fields: Mapping[str, JsonValue], changes: Sequence[Change]) -> Applied:
    """The fields after a save, all of it; Collided when another was first in one of its fields.

    What stands there already is no collision, so that a save sent twice is done once; neither is
    a field that this save leaves as its author saw it.
    """
    _refuse_twice(changes)
    collisions, made = [], []
    after = dict(fields)
    for change in changes:
        stands = fields.get(change.field)
        if same(stands, change.now) or same(change.was, change.now):
            continue
        if not same(stands, change.was):
            collisions.append(Collision(change.field, change.now, stands))
        made.append(change)
        after[change.field] = change.now
    if collisions:
        raise Collided(collisions)
    return Applied({name: one for name, one in after.items() if one is not None}, tuple(made))


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether they are the same JSON: 1 and 1.0 are, 1 and true are not."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _refuse_twice(changes: Sequence[Change]) -> None:
    counted = Counter(one.field for one in changes)
    if twice := [name for name, times in counted.items() if times > 1]:
        raise Unprocessable(
            "Có mục được ghi hai lần trong một lần lưu.", "A field stands twice in one save.",
            [FieldProblem(name, "chỉ ghi một lần", "write it once") for name in twice],
        )  # fmt: skip
