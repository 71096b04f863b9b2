"""A list of earlier awards is checked, imported, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.problems import Conflict
from chassis.store.unit_of_work import UnitOfWork
from contracts.dossier import (
    EarlierAwardRecorded,
    EarlierAwardWithdrawn,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductRegistered,
    ProductWithdrawn,
)
from rules.days import VIETNAM
from rules.vietnamese import lowered
from services.dossier.application.certificates import certified_as
from services.dossier.application.proposed_changes import overtake
from services.dossier.domain.addresses import Gazetteer
from services.dossier.domain.awards import EarlierAward, Registration
from services.dossier.domain.checking import Place, Register, Reported, read_row
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.imports import (
    Import,
    Note,
    Outcome,
    State,
    Withdrawal,
    id_at,
)
from services.dossier.domain.producers import Likeness, Producer, likenesses
from services.dossier.domain.products import Product, likeness_key, product_key
from services.dossier.domain.sheets import Column, Sheet
from services.dossier.problems import WrongRows


@dataclass(frozen=True)
class Submission:
    """A file as somebody sent it, and what it is said to be."""

    file: str
    sha256: str
    reported_on: date
    source: str
    sheet: Sheet


@dataclass(frozen=True)
class Report:
    """An import's record, kept or not, with what holds at this moment."""

    record: Import
    states: tuple[State, ...]
    proposals: tuple[Likeness, ...]

    @property
    def pending(self) -> int:
        return self.states.count(State.PENDING)


def check(
    work: UnitOfWork, submission: Submission, gazetteer: Gazetteer, sets: Mapping[Place, int]
) -> Report:
    """What importing it would do. Nothing is written."""
    record, register = _checked(work, submission, gazetteer, sets)
    return Report(record, (State.CHECKED,) * len(record.rows), _proposals(record, register))


def import_products(
    work: UnitOfWork, submission: Submission, gazetteer: Gazetteer, sets: Mapping[Place, int]
) -> Report:
    """Write all new rows, or none. Where nothing is new nothing is recorded.

    The known producers and products that the new ones rest on are saved with them, so that a
    withdrawal at the same time cannot take them away unseen.
    """
    record, register = _checked(work, submission, gazetteer, sets)
    if wrong := record.count(Outcome.WRONG):
        report = Report(record, (State.CHECKED,) * len(record.rows), _proposals(record, register))
        raise WrongRows(wrong, report)
    if register.added:
        for known in register.relied_on.values():
            if isinstance(known, Product):
                known.imports = [*known.imports, record.id]
        work.save(record, *register.relied_on.values(), *register.added)
        for one in register.added:
            work.tell(_told_of(one), about=one)
    return Report(record, _states(work, record, register.awards), _proposals(record, register))


def report_of(work: UnitOfWork, import_id: str) -> Report:
    """The report as it was written, with how far each row has come since."""
    record = work.get(Import, import_id)
    awards = work.all(EarlierAward, id__in=record.awards(*Outcome))
    producers = [one for one in work.all(Producer, withdrawn=False) if not one.withdrawn]
    register = Register.of(producers, [], awards, {}, {})
    return Report(record, _states(work, record, register.awards), _proposals(record, register))


def withdraw_import(work: UnitOfWork, import_id: str, reason: str) -> Report:
    """Take a wrong import back: its ranks, the products that it registered, and producers that
    nothing else needs. What a person registered, or has filed, stays."""
    record = work.get(Import, import_id)
    if record.withdrawal:
        raise Conflict("Lần nhập này đã được thu hồi.", "This import has been withdrawn before.")
    awards = work.all(EarlierAward, id__in=record.awards(Outcome.NEW))
    products = work.all(Product, imports=record.id, withdrawn=False)
    reported = {award.facts.product_id for award in awards}
    ours = [product for product in products if product.imported and product.id in reported]
    others = [product for product in products if product not in ours]
    _refuse_while_referred_to(work, record.id, [one for one in products if one.id in reported])
    _refuse_while_filed(work, ours)
    for award in awards:
        award.withdrawn = True
        work.save(award)
        work.tell(EarlierAwardWithdrawn(award=award.facts), about=award)
    for product in ours:
        product.withdrawn = True
        work.save(product)
        work.tell(ProductWithdrawn(product=product.facts), about=product)
    for product in others:
        product.imports = [one for one in product.imports if one != record.id]
        work.save(product)
    gone = _withdraw_unneeded_producers(work, ours)
    overtake(work, [one.id for one in (*ours, *gone)])
    record.withdrawal = Withdrawal(at=work.at, by=work.scope.actor, reason=reason)
    work.save(record)
    return report_of(work, record.id)


def _checked(
    work: UnitOfWork, submission: Submission, gazetteer: Gazetteer, sets: Mapping[Place, int]
) -> tuple[Import, Register]:
    entries = submission.sheet.entries
    listed = [(one.values[Column.PRODUCT], one.values[Column.PRODUCER]) for one in entries]
    same, alike = ({of(*one) for one in listed} for of in (product_key, likeness_key))
    found = work.all(Product, key__in=sorted(same), withdrawn=False)
    certified = certified_as(work, same)
    found += work.all(
        Product, id__in=sorted({*certified.values()} - {one.id for one in found}), withdrawn=False
    )
    found += work.all(
        Product, likeness__in=sorted(alike), withdrawn=False, id__nin=[one.id for one in found]
    )
    awards = work.all(
        EarlierAward, facts__product_id__in=[one.id for one in found], withdrawn=False
    )
    register = Register.of(work.all(Producer, withdrawn=False), found, awards, sets, certified)
    record = Import(
        id=id_at(work.at),
        tenant=work.scope.tenant,
        file=submission.file,
        sha256=submission.sha256,
        reported_on=submission.reported_on,
        source=submission.source,
        at=work.at,
        by=work.scope.actor,
        notes=tuple(Note(vi=one.vi, en=one.en) for one in submission.sheet.notes),
        rows=(),
    )
    reported = Reported(record.id, submission.reported_on, submission.source)
    record.rows = tuple(register.enter(read_row(one, gazetteer), reported) for one in entries)
    return record, register


def _told_of(
    one: Producer | Product | EarlierAward,
) -> ProducerRegistered | ProductRegistered | EarlierAwardRecorded:
    match one:
        case Producer():
            return ProducerRegistered(producer=one.facts)
        case Product():
            return ProductRegistered(product=one.facts)
        case EarlierAward():
            return EarlierAwardRecorded(award=one.facts)


def _states(
    work: UnitOfWork, record: Import, awards: Mapping[str, EarlierAward]
) -> tuple[State, ...]:
    by_id = {award.id: award for award in awards.values()}
    certified = {one.award_id for one in work.all(Registration, award_id__in=sorted(by_id))}
    return tuple(row.state(by_id, certified) for row in record.rows)


def _proposals(record: Import, register: Register) -> tuple[Likeness, ...]:
    """Likenesses in which a producer of this list has a part."""
    ours = {(row.district, lowered(row.producer)) for row in record.rows}
    return tuple(
        likeness
        for likeness in likenesses(register.producers.values())
        if any((one.tenant, one.key) in ours for one in likeness.producers)
    )


def _refuse_while_referred_to(
    work: UnitOfWork, import_id: str, products: Sequence[Product]
) -> None:
    """By an import that came after this one: it found the rank reported already."""
    later = sorted(
        {one for each in products for one in each.imports[each.imports.index(import_id) + 1 :]}
    )
    if not later:
        return
    known = {
        one.id: f"{one.file} ({one.at.astimezone(VIETNAM):%d/%m/%Y})"
        for one in work.all(Import, id__in=later)
    }
    names = ", ".join(known.get(one, one) for one in later)
    raise Conflict(
        f"Lần nhập sau còn dùng sản phẩm của lần này: {names}. Thu hồi lần sau trước.",
        f"A later import refers to products of this one: {names}. Withdraw the later one first.",
    )


def _refuse_while_filed(work: UnitOfWork, products: Sequence[Product]) -> None:
    ids = [product.id for product in products]
    if filed := work.all(Dossier, product_id__in=ids, withdrawn=False):
        names = ", ".join(sorted({f"“{one.product}”" for one in filed}))
        raise Conflict(
            f"Đã có hồ sơ của sản phẩm trong lần nhập này: {names}.",
            f"Dossiers of products of this import have been opened: {names}.",
        )


def _withdraw_unneeded_producers(work: UnitOfWork, withdrawn: Sequence[Product]) -> list[Producer]:
    """All are saved, also those that stay: two withdrawals at once must see one another. One with
    contacts is somebody's, whatever a list said. Those that are gone."""
    ids = sorted({product.facts.producer_id for product in withdrawn})
    products = work.all(Product, facts__producer_id__in=ids)
    needed = {one.facts.producer_id for one in products if not one.withdrawn}
    gone = []
    for producer in work.all(Producer, id__in=ids):
        work.save(producer)
        if producer.id not in needed and not producer.contacts:
            producer.withdrawn = True
            gone.append(producer)
            work.tell(ProducerWithdrawn(producer=producer.facts), about=producer)
    return gone
