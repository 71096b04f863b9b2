"""Evidence is kept with its producer, looked at, described anew and withdrawn."""

from collections.abc import Sequence
from typing import NamedTuple

from chassis.drafts import Change
from chassis.problems import Conflict, FieldProblem, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id
from rules.days import day_of
from rules.vietnamese import key
from services.dossier.application.standing import actor, no_such
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.evidence import Described, Evidence, EvidenceFile, Room, Shelf
from services.dossier.domain.forms import evidence_of, is_evidence
from services.dossier.domain.packages import Package
from services.dossier.domain.producers import Producer
from services.dossier.domain.standing import OF_THE_PRODUCER, Actor, Standing


class SeenEvidence(NamedTuple):
    evidence: Evidence
    by: Actor

    @property
    def may_change(self) -> bool:
        return self.by.is_one_of(*OF_THE_PRODUCER) and not self.evidence.withdrawn


def check_adding(
    work: UnitOfWork, producer_id: Id, size: int, described: Described, room: Room
) -> None:
    """Whether it would be taken, before its file is."""
    _adding(work, producer_id, size, described, room)


def add_evidence(
    work: UnitOfWork, producer_id: Id, file: EvidenceFile, described: Described, room: Room
) -> SeenEvidence:
    """`file` is in the store already."""
    by, shelf = _adding(work, producer_id, file.size, described, room)
    evidence = Evidence(
        tenant=work.scope.tenant, producer_id=producer_id, file=file, described=described,
        by=work.scope.actor, at=work.at,
    )  # fmt: skip
    work.save(evidence, shelf)
    return SeenEvidence(evidence, by)


def _adding(
    work: UnitOfWork, producer_id: Id, size: int, described: Described, room: Room
) -> tuple[Actor, Shelf]:
    """Who adds it, and the shelf with it."""
    producer = work.first(Producer, id=producer_id, withdrawn=False)
    if producer is None or not (by := _actor(work, producer)).is_one_of(*OF_THE_PRODUCER):
        raise no_such("producer")
    described.checked(day_of(work.at))
    shelf = _shelf(work, producer_id)
    shelf.add(size, room)
    return by, shelf


def _shelf(work: UnitOfWork, producer_id: Id) -> Shelf:
    if known := work.first(Shelf, producer_id=producer_id):
        return known
    sent = work.all(Evidence, producer_id=producer_id)
    return Shelf(
        tenant=work.scope.tenant, producer_id=producer_id,
        files=len(sent), size=sum(one.file.size for one in sent),
    )  # fmt: skip


def see_evidence(work: UnitOfWork, id: Id) -> SeenEvidence:
    """For who works on the producer's things or reads from above; for the help team once it stands
    in a package."""
    evidence = work.get(Evidence, id)
    by = _actor(work, work.get(Producer, evidence.producer_id))
    if by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        return SeenEvidence(evidence, by)
    if by.is_one_of(Standing.HELP_TEAM) and _submitted(work, evidence):
        return SeenEvidence(evidence, by)
    raise no_such("evidence")


def list_evidence(
    work: UnitOfWork, producer_id: Id, *, after: str | None, limit: int
) -> tuple[list[SeenEvidence], Shelf]:
    producer = work.get(Producer, producer_id)
    by = _actor(work, producer)
    if not by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        raise no_such("producer")
    found = work.page(Evidence, after=after, limit=limit, producer_id=producer.id, withdrawn=False)
    return [SeenEvidence(one, by) for one in found], _shelf(work, producer.id)


def describe_evidence(
    work: UnitOfWork, id: Id, described: Described, seen: int | None
) -> SeenEvidence:
    """Packages that were frozen keep what was said before."""
    evidence, by = _changing(work, id, seen)
    described.checked(day_of(work.at))
    work.save(evidence, detail=evidence.describe(described))
    return SeenEvidence(evidence, by)


def withdraw_evidence(work: UnitOfWork, id: Id, seen: int | None) -> SeenEvidence:
    """Refused while a dossier that has not ended refers to it. All of them are saved, so that one
    that comes to refer to it at the same time sees that it is gone."""
    evidence, by = _changing(work, id, seen)
    open = [one for one in work.all(Dossier, producer_id=evidence.producer_id) if not one.ended]
    if referring := [one for one in open if evidence.id in evidence_of(one.draft)]:
        names = ", ".join(f"{one.product} ({one.round})" for one in referring)
        raise Conflict(
            f"Hồ sơ còn dùng minh chứng này: {names}. Bỏ khỏi hồ sơ trước.",
            f"It is referred to by the dossier of {names}. Take it out there first.",
        )
    evidence.withdraw()
    work.save(evidence, *open)
    return SeenEvidence(evidence, by)


def check_references(work: UnitOfWork, producer_id: Id, changes: Sequence[Change]) -> None:
    """Unprocessable where a changed field refers to what is no evidence of this producer's, or is
    withdrawn: which of these, nobody is told."""
    given = {
        one.field: [str(id) for id in one.now]
        for one in changes
        if is_evidence(one.field) and isinstance(one.now, list)
    }
    ids = sorted({id for named in given.values() for id in named})
    known = {
        one.id for one in work.all(Evidence, id__in=ids, producer_id=producer_id, withdrawn=False)
    }
    wrong = [
        FieldProblem(
            field,
            f"không phải minh chứng của chủ thể này: {id}",
            f"is no evidence of this producer's: {id}",
        )
        for field, named in given.items()
        for id in named
        if id not in known
    ]
    if wrong:
        raise Unprocessable(
            "Có minh chứng không dùng được.", "Some evidence cannot be used.", wrong
        )


def _changing(work: UnitOfWork, id: Id, seen: int | None) -> SeenEvidence:
    evidence, by = see_evidence(work, id)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise no_such("evidence")
    work.expect(evidence, seen)
    return SeenEvidence(evidence, by)


def _actor(work: UnitOfWork, producer: Producer) -> Actor:
    """A commune officer is one to it also by a dossier of theirs."""
    by = actor(work, producer, producer.commune)
    unit = work.scope.person.unit
    if by.is_one_of(Standing.COMMUNE_OFFICER) or unit is None:
        return by
    theirs = work.first(Dossier, producer_id=producer.id, commune_key=key(unit))
    return actor(work, producer, unit) if theirs else by


def _submitted(work: UnitOfWork, evidence: Evidence) -> bool:
    found = work.first(Package, manifest__files__evidence_id=evidence.id, tenant=evidence.tenant)
    return found is not None
