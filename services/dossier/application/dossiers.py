"""A dossier is opened, filled in, confirmed, reported on by the commune, and withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from chassis.drafts import Change
from chassis.problems import Conflict, FieldProblem, Unprocessable
from chassis.store.unit_of_work import Act as Row
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.filing import CommuneReported, DossierConfirmed, DossierOpened, DossierWithdrawn
from contracts.package import DossierKind
from contracts.text import Id, Name, Slug
from rules.vietnamese import key
from services.dossier.application.evidence import check_references
from services.dossier.application.producers import own_producers
from services.dossier.application.standing import actor, no_such, own_unit
from services.dossier.domain.dossiers import Dossier, State
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product
from services.dossier.domain.rounds import Round
from services.dossier.domain.standing import (
    FILLERS,
    OF_THE_PRODUCER,
    Actor,
    Signature,
    Standing,
)


class Opening(BaseModel):
    """`case`: of tourism's two the one that applies."""

    model_config = ConfigDict(extra="forbid")

    product_id: Id
    round_id: Id
    kind: DossierKind
    case: Slug | None = None


class Wanted(BaseModel):
    """Which dossiers are looked for. `mine`: of the producers whose contact the caller is."""

    state: State | None = None
    round: Id | None = None
    commune: Name | None = None
    mine: bool = False


class SeenDossier(NamedTuple):
    dossier: Dossier
    by: Actor


class SeenHistory(NamedTuple):
    acts: Sequence[Row]
    by: Actor


class SavedDossier(NamedTuple):
    """`sent`: the changes that were asked for, with values as they are kept."""

    seen: SeenDossier
    sent: Sequence[Change]
    at: datetime


def open_dossier(work: UnitOfWork, opening: Opening) -> SeenDossier:
    """The product is saved with it, so that of two at once one sees the other's."""
    product, by = _of_the_register(work, opening.product_id)
    round = work.first(Round, id=opening.round_id, tenant=work.scope.tenant)
    if round is None:
        raise _unknown("round_id", "chọn một đợt đang mở", "choose a round that is open")
    if not round.open:
        raise Conflict("Đợt này đã đóng.", "This round has been closed.")
    _refuse_another(work, product, round)
    dossier = Dossier.opening(
        round, product, work.get(Producer, product.facts.producer_id), opening.kind, opening.case,
        Signature.of(by, work.at, *FILLERS),
    )  # fmt: skip
    work.save(dossier, detail=said_of(by))
    work.save(product)
    work.tell(DossierOpened(dossier=dossier.facts), about=dossier)
    return SeenDossier(dossier, by)


def see_dossier(work: UnitOfWork, id: Id) -> SeenDossier:
    """For who works on it or reads from above; for the help team once it was submitted."""
    dossier = work.get(Dossier, id)
    by = actor(work, work.get(Producer, dossier.producer_id), dossier.commune)
    if by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        return SeenDossier(dossier, by)
    if by.is_one_of(Standing.HELP_TEAM) and dossier.packages:
        return SeenDossier(dossier, by)
    raise no_such("dossier")


def list_dossiers(
    work: UnitOfWork, wanted: Wanted, *, after: str | None, limit: int
) -> list[Dossier]:
    """By id, of those that the caller may see: by a role, or with `mine` as a contact."""
    found = wanted.model_dump(include={"state"}, exclude_none=True) | _within(work, wanted.mine)
    if wanted.round:
        found["round_id"] = wanted.round
    if wanted.commune:
        unit = key(wanted.commune)
        if found.setdefault("commune_key", unit) != unit:
            return []
    return work.page(Dossier, after=after, limit=limit, **found)


def fill_dossier(work: UnitOfWork, id: Id, changes: Sequence[Change]) -> SavedDossier:
    """Who saves what stands there already changes nothing."""
    dossier, by = see_dossier(work, id)
    kept = dossier.fill(changes, by, work.at)
    check_references(work, dossier.producer_id, kept.made)
    if kept.made:
        made = [one.model_dump(mode="json") for one in kept.made]
        work.save(dossier, detail=said_of(by) | {"changes": made})
    return SavedDossier(SeenDossier(dossier, by), kept.sent, work.at)


def confirm_dossier(work: UnitOfWork, id: Id, seen: int | None) -> SeenDossier:
    """A contact confirms what an officer has filled in."""
    dossier, by = acting(work, id, seen)
    dossier.confirm(by, work.at)
    work.save(dossier, detail=said_of(by))
    work.tell(DossierConfirmed(dossier=dossier.facts), about=dossier)
    return SeenDossier(dossier, by)


def finish_commune_report(work: UnitOfWork, id: Id, seen: int | None) -> SeenDossier:
    """Form 03 is complete."""
    dossier, by = acting(work, id, seen)
    dossier.finish_report(by, work.at)
    due_on = dossier.report_due_on
    work.save(dossier, detail=said_of(by) | {"due_on": due_on.isoformat() if due_on else None})
    work.tell(CommuneReported(dossier=dossier.facts, due_on=due_on), about=dossier)
    return SeenDossier(dossier, by)


def withdraw_dossier(work: UnitOfWork, id: Id, reason: str, seen: int | None) -> SeenDossier:
    dossier, by = acting(work, id, seen)
    dossier.withdraw(reason, by, work.at)
    work.save(dossier, detail=said_of(by) | {"reason": reason})
    told = DossierWithdrawn(dossier=dossier.facts, package_id=dossier.last_package, reason=reason)
    work.tell(told, about=dossier)
    return SeenDossier(dossier, by)


def history_of(work: UnitOfWork, id: Id, after: int, limit: int) -> SeenHistory:
    """A page of the acts on it, the oldest first; for who reads the draft."""
    dossier, by = see_dossier(work, id)
    return SeenHistory(work.acts(dossier, after=after, limit=limit), by)


def versions_of(work: UnitOfWork, id: Id, was: int, now: int) -> tuple[SeenDossier, SeenDossier]:
    """Two of its versions, as they were kept; for who reads the draft."""
    dossier, by = see_dossier(work, id)
    if wrong := [
        FieldProblem(name, f"từ 1 đến {dossier.version}", f"from 1 to {dossier.version}")
        for name, version in (("was", was), ("now", now))
        if not 1 <= version <= dossier.version
    ]:
        raise Unprocessable("Hồ sơ không có bản này.", "The dossier has no such version.", wrong)
    one, other = (work.version_of(Dossier, id, version) for version in (was, now))
    return SeenDossier(one, by), SeenDossier(other, by)


def acting(work: UnitOfWork, id: Id, seen: int | None) -> SeenDossier:
    """`seen`: the version that the act was decided on."""
    found = see_dossier(work, id)
    work.expect(found.dossier, seen)
    return found


def said_of(by: Actor) -> dict[str, Any]:
    """Of who acts: an act's row names an id, and people know names."""
    return {"name": by.name, "standings": sorted(by.standings)}


def _of_the_register(work: UnitOfWork, product_id: Id) -> tuple[Product, Actor]:
    product = work.first(Product, id=product_id, withdrawn=False)
    if product is not None:
        producer = work.get(Producer, product.facts.producer_id)
        by = actor(work, producer, product.facts.commune)
        if by.is_one_of(*OF_THE_PRODUCER):
            return product, by
    raise _unknown("product_id", "chọn một sản phẩm đã đăng ký", "choose a registered product")


def _refuse_another(work: UnitOfWork, product: Product, round: Round) -> None:
    others = work.all(Dossier, product_id=product.id, withdrawn=False)
    if any(one.round_id == round.id for one in others):
        raise Conflict(
            "Sản phẩm này đã có hồ sơ trong đợt.", "The product has a dossier in this round."
        )
    if under_way := next((one for one in others if not one.ended), None):
        raise Conflict(
            f"Hồ sơ của sản phẩm trong “{under_way.round}” chưa kết thúc.",
            f"The product's dossier in “{under_way.round}” has not ended yet.",
        )


def _within(work: UnitOfWork, mine: bool) -> dict[str, Any]:
    roles, tenant = work.scope.person.roles, {"tenant": work.scope.tenant}
    if mine:
        return {"producer_id__in": own_producers(work)}
    if Role.SUPERVISOR in roles:
        return {}
    if not roles.isdisjoint({Role.OFFICER, Role.ADMINISTRATOR}):
        return tenant
    if Role.HELP_TEAM in roles:
        return tenant | {"packages__0__exists": True}
    return tenant | {"commune_key": own_unit(work)}


def _unknown(field: str, vi: str, en: str) -> Unprocessable:
    return Unprocessable(
        "Chưa mở được hồ sơ.", "No dossier can be opened.", [FieldProblem(field, vi, en)]
    )
