"""The help team looks at what was submitted, returns it for completion or accepts it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from chassis.problems import FieldProblem, Forbidden, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.filing import DossierAccepted, DossierReturned, ReturnedItem
from contracts.text import Id
from rules.calendar import VIETNAM
from rules.days import day_of
from services.dossier.application.completeness import findings_of
from services.dossier.application.dossiers import said_of
from services.dossier.application.standing import actor, no_such
from services.dossier.domain.completeness import Finding
from services.dossier.domain.dossiers import Act, Dossier, Return, State
from services.dossier.domain.packages import Package
from services.dossier.domain.producers import Producer
from services.dossier.domain.reviews import (
    Review,
    Subjects,
    VerdictChange,
    checked_until,
    flat,
    review_id,
)
from services.dossier.domain.standing import Actor, Signature, Standing

READERS = (Standing.HELP_TEAM, Standing.OFFICER, Standing.AUTHORITY, Standing.SUPERVISOR)
WAITING = (State.SUBMITTED, State.RETURNED)


class Reviewed(NamedTuple):
    """A package with what the help team has said of it."""

    package: Package
    review: Review


class SeenReview(NamedTuple):
    """`last`: of its last package; `before`: of the one before that. `findings`: of the draft as it
    is now."""

    dossier: Dossier
    by: Actor
    last: Reviewed
    before: Reviewed | None
    findings: Sequence[Finding]

    @property
    def unseen(self) -> list[str]:
        """Criteria of which nothing has been said: a warning, and no more."""
        said = self.last.review.verdicts
        return [
            code
            for code in self.dossier.forms.product_set.criteria
            if f"criterion.{code}" not in said
        ]

    def returned(self, one: Reviewed) -> Return | None:
        """What it was returned for."""
        ids = {returned.package_id: returned for returned in self.dossier.returns}
        return ids.get(one.package.id)

    @property
    def changed(self) -> list[str]:
        """The fields that are otherwise than in the package before."""
        if self.before is None:
            return []
        now, was = (flat(one.package.manifest) for one in (self.last, self.before))
        return [path for path in {**now, **was} if now.get(path) != was.get(path)]


class Waiting(NamedTuple):
    """A dossier that waits for the help team, or for which it waits."""

    dossier: Dossier
    review: Review | None
    today: date

    @property
    def due_on(self) -> date:
        if self.dossier.due_on is None:
            raise LookupError(f"{self.dossier.id} waits for nobody")
        return self.dossier.due_on

    @property
    def overdue(self) -> bool:
        return self.due_on < self.today

    @property
    def age(self) -> int:
        """Working days since it was submitted."""
        return VIETNAM.between(day_of(self.dossier.packages[-1].signed.at), self.today)


def list_reviews(
    work: UnitOfWork, *, after: str | None, limit: int, overdue: bool = False,
    state: State | None = None, round_id: Id | None = None,
) -> list[Waiting]:  # fmt: skip
    """By deadline. `overdue`: those alone whose day has passed."""
    wanted: dict[str, Any] = {"state__in": [state] if state else [*WAITING]}
    if round_id:
        wanted["round_id"] = round_id
    if overdue:
        wanted["queue__lt"] = str(day_of(work.at))
    if Role.SUPERVISOR not in work.scope.person.roles:
        wanted["tenant"] = work.scope.tenant
    found = work.page(Dossier, after=after, limit=limit, by="queue", **wanted)
    ids = {one.id: review_id(one.packages[-1].id) for one in found}
    reviews = {one.id: one for one in work.all(Review, id__in=[*ids.values()])}
    today = day_of(work.at)
    return [Waiting(one, reviews.get(ids[one.id]), today) for one in found]


def see_review(work: UnitOfWork, dossier_id: Id) -> SeenReview:
    """For the help team, officers, the authority and who reads from above; never for a contact of
    the producer, who is told when it is returned."""
    dossier, by = _submitted(work, dossier_id)
    if not by.is_one_of(*READERS):
        raise no_such("review")
    if by.is_one_of(Standing.CONTACT):
        raise Forbidden(
            "Bạn là người liên hệ của chủ thể này nên không xem việc thẩm định.",
            "You are a contact of this producer, and do not see its review.",
        )
    return _seen(work, dossier, by, _reviewed(work, dossier, -1))


def say_verdicts(
    work: UnitOfWork, dossier_id: Id, verdicts: Sequence[VerdictChange], seen: int | None
) -> SeenReview:
    dossier, by, last = _reviewing(work, dossier_id, Act.REVIEW, seen)
    signature = Signature.of(by, work.at, Standing.HELP_TEAM)
    made = last.review.say(verdicts, _subjects(dossier, last.package), signature)
    changes = [one.model_dump(mode="json") for one in made]
    work.save(last.review, detail=said_of(by) | {"changes": changes})
    return _seen(work, dossier, by, last)


def return_dossier(
    work: UnitOfWork,
    dossier_id: Id,
    items: Sequence[ReturnedItem],
    until: date,
    seen: int | None,
) -> SeenReview:
    """For completion of these items; without any, of all that is lacking or unclear."""
    dossier, by, last = _reviewing(work, dossier_id, Act.RETURN, seen)
    about = _subjects(dossier, last.package)
    checked_until(until, day_of(work.at))
    asked = about.checked(items) or last.review.to_complete(about)
    if not asked:
        raise Unprocessable(
            "Chưa có mục nào thiếu hoặc chưa rõ để trả lại.",
            "Nothing is lacking or unclear that it could be returned for.",
            [FieldProblem("items", "nêu ít nhất một mục", "name one at the least")],
        )
    dossier.send_back(asked, until, by, work.at)
    told = [one.model_dump(mode="json", exclude_none=True) for one in asked]
    work.save(dossier, detail=said_of(by) | {"until": str(until), "items": told})
    work.save(last.review)
    work.tell(
        DossierReturned(
            dossier=dossier.facts, package_id=last.package.id, items=tuple(asked), until=until,
            contacts=dossier.contacts,
        ),
        about=dossier,
    )  # fmt: skip
    return _seen(work, dossier, by, last)


def accept_dossier(work: UnitOfWork, dossier_id: Id, seen: int | None) -> SeenReview:
    """For the council. Refused while an item is lacking or unclear; the review is saved with it, so
    that a verdict at the same moment is not passed over."""
    dossier, by, last = _reviewing(work, dossier_id, Act.ACCEPT, seen)
    last.review.refuse_open()
    dossier.accept(by, work.at)
    work.save(dossier, detail=said_of(by))
    work.save(last.review)
    work.tell(DossierAccepted(dossier=dossier.facts, package_id=last.package.id), about=dossier)
    return _seen(work, dossier, by, last)


def _submitted(work: UnitOfWork, dossier_id: Id) -> tuple[Dossier, Actor]:
    """What was never submitted is not there yet."""
    dossier = work.first(Dossier, id=dossier_id)
    if dossier is None or not dossier.packages:
        raise no_such("review")
    return dossier, actor(work, work.get(Producer, dossier.producer_id), dossier.commune)


def _reviewing(
    work: UnitOfWork, dossier_id: Id, act: Act, seen: int | None
) -> tuple[Dossier, Actor, Reviewed]:
    """Reviews are read before the dossier: accepting and returning save both, so who saves a review
    that was not changed since has not seen an older dossier."""
    reviews = {one.id: one for one in work.all(Review, dossier_id=dossier_id)}
    dossier, by = _submitted(work, dossier_id)
    if not by.is_one_of(Standing.HELP_TEAM):
        raise no_such("review")
    work.expect(dossier, seen)
    dossier.check(act, by)
    package = work.get(Package, dossier.packages[-1].id)
    known = reviews.get(review_id(package.id))
    return dossier, by, Reviewed(package, known or Review.of(dossier.tenant, package.manifest))


def _seen(work: UnitOfWork, dossier: Dossier, by: Actor, last: Reviewed) -> SeenReview:
    before = _reviewed(work, dossier, -2) if len(dossier.packages) > 1 else None
    return SeenReview(dossier, by, last, before, findings_of(work, dossier))


def _reviewed(work: UnitOfWork, dossier: Dossier, which: int) -> Reviewed:
    package = work.get(Package, dossier.packages[which].id)
    review = work.first(Review, id=review_id(package.id)) or Review.of(
        dossier.tenant, package.manifest
    )
    return Reviewed(package, review)


def _subjects(dossier: Dossier, package: Package) -> Subjects:
    fields = frozenset(dossier.forms.fields)
    return Subjects(fields, [*dossier.forms.product_set.criteria], package.manifest)
