"""Certificates are registered from lists, issued by decisions, replaced, annulled and checked."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from chassis.problems import Conflict, NotFound
from chassis.store.unit_of_work import UnitOfWork
from contracts.dossier import AwardFacts
from contracts.evaluation import CertificateAnnulled, CertificateChanged, CertificateIssued
from contracts.text import Id, Line, Slug
from rules.days import day_of
from rules.procedures import procedures
from services.evaluation.application.papers import request_paper
from services.evaluation.domain.certificates import (
    Certificate,
    Grant,
    Serial,
    Sign,
    Succession,
    Validity,
)
from services.evaluation.domain.packages import Package
from services.evaluation.domain.records import Office, certificate_paper
from services.evaluation.domain.results import Result, ResultState

Genuine = Callable[[str, str], bool]
"""Whether a JWS is ours and over this text."""


class Sealing(NamedTuple):
    """How certificates are signed, by whom, and where anybody checks one of a tenant's by its
    number. `issuer`: the address of the platform's door."""

    sign: Sign
    issuer: Line
    check_address: Callable[[Slug, Line], Line]


class Checked(NamedTuple):
    """`genuine` None: there is no signature to look at, as it was imported."""

    certificate: Certificate
    genuine: bool | None
    validity: Validity
    on: date


def follow_award(
    work: UnitOfWork, award_id: str, version: int, award: AwardFacts, withdrawn: bool
) -> None:
    """Register the certificate of an earlier award, or annul it with the award.

    The two may arrive in either order: the award's higher version has the last word.
    """
    known = work.first(Certificate, award=award_id)
    if known and known.award_version >= version:
        return
    certificate = known or Certificate.imported(work.scope.tenant, award_id, award)
    certificate.award_version, certificate.annulled = version, withdrawn
    told = CertificateAnnulled if withdrawn else CertificateIssued
    work.save(certificate)
    work.tell(told(certificate=certificate.facts), about=certificate)


def issue_certificates(
    work: UnitOfWork, grants: Sequence[Grant], office: Office, seal: Sealing
) -> list[Certificate]:
    """In each product's own tenant, numbered by the tenant that decides, all of one year; each with
    its paper, which its producer reads."""
    ids = [one.package_id for one in grants]
    packages = {one.id: one for one in work.all(Package, id__in=ids)}
    counter = Serial.of(work.scope.tenant, grants[0].decided_on.year)
    serial = work.first(Serial, id=counter.id) or counter
    work.save(serial)
    issued = [_issued(work, one, packages[one.package_id], serial.next(), seal) for one in grants]
    for certificate, grant in zip(issued, grants, strict=True):
        content = certificate_paper(
            certificate, packages[grant.package_id], office, work.scope.person.name,
            seal.check_address(certificate.tenant, certificate.number),
        )  # fmt: skip
        request_paper(
            work, certificate.id, content, readers=grant.contacts, tenant=certificate.tenant
        )
    return issued


def annul_certificates(work: UnitOfWork, decision_id: Id) -> list[Certificate]:
    """Those of an annulled decision. What each had replaced stands again, unless a later one has
    replaced it in turn."""
    annulled = {one.id: one for one in work.all(Certificate, decision_id=decision_id)}
    for one in annulled.values():
        one.annul()
        work.save(one)
        work.tell(CertificateAnnulled(certificate=one.facts), about=one)
    replaced = work.all(Certificate, facts__replaced_by__in=sorted(annulled))
    for before in replaced:
        assert before.facts.replaced_by is not None  # it was looked for by it
        before.be_replaced(annulled[before.facts.replaced_by].facts.replaced_by)
    _changed(work, replaced)
    return [*annulled.values()]


def settle_potential(work: UnitOfWork, result: Result) -> None:
    """Let the certificate of this result, if there is one, say what is still to be decided."""
    certificate = work.first(Certificate, result_id=result.id, annulled=False)
    if certificate is not None and certificate.facts.potential != result.potential:
        certificate.settle(result.potential)
        _changed(work, [certificate])


def need_none_above(work: UnitOfWork, result: Result) -> None:
    """Conflict while a certificate stands that a level above issued on the same dossier. Of two at
    once, this and an issuing, the later sees the other."""
    work.save(_succession(work, result.owner, result.facts.product_id))
    names = [one.level for one in procedures()[result.procedure].levels]
    above = names[names.index(result.facts.level) + 1 :]
    for one in _issued_for(work, result.owner, result.facts.product_id):
        if one.dossier_id == result.dossier_id and one.facts.level in above:
            raise Conflict(
                f"Cấp trên đã cấp giấy chứng nhận số {one.number} trên hồ sơ này: cơ quan đã cấp"
                " phải huỷ trước.",
                f"A level above has issued {one.number} on this dossier: who issued it has to annul"
                " it first.",
            )


def check_certificate(
    work: UnitOfWork, genuine: Genuine, *, number: str | None, id: Id | None
) -> Checked:
    """Whether a certificate is ours, and what may be said of it today. By its number or its id."""
    wanted = {"id": id} if id else {"facts__number": number}
    found = work.first(Certificate, **wanted)
    if found is None:
        raise NotFound("Không có giấy chứng nhận này ở đây.", "There is no such certificate here.")
    today = day_of(work.at)
    signed = genuine(found.signature, found.content) if found.signature else None
    return Checked(found, signed, found.validity(today), today)


def _need_standing_below(work: UnitOfWork, package: Package) -> None:
    """Where the level below works here too, its annulment counts before its event has come."""
    if package.lower and work.first(Result, id=package.follows, state=ResultState.ANNULLED):
        raise Conflict(
            f"Kết quả của cấp dưới về “{package.lower.product}” đã bị huỷ.",
            f"The result of the level below on {package.lower.product} has been annulled.",
        )


def _issued(
    work: UnitOfWork, grant: Grant, package: Package, number: str, seal: Sealing
) -> Certificate:
    """What stood of the product is replaced by it, unless a higher level was first on the same
    dossier."""
    certificate = Certificate.issued(grant, number)
    certificate.seal(seal.issuer, work.at, seal.sign)
    succession = _succession(work, grant.tenant, grant.product_id)  # before what it is about
    _need_standing_below(work, package)
    standing = [one for one in _issued_for(work, grant.tenant, grant.product_id) if one.standing]
    first = next((one for one in standing if one.outranks(certificate)), None)
    if first is not None:
        certificate.be_replaced(first.id)
    work.save(succession, certificate)
    work.tell(
        CertificateIssued(
            certificate=certificate.facts,
            product=grant.certified.product,
            contacts=grant.contacts,
        ),
        about=certificate,
    )
    if first is None:
        for one in standing:
            one.be_replaced(certificate.id)
        _changed(work, standing)
    return certificate


def _issued_for(work: UnitOfWork, tenant: Slug, product_id: Id) -> list[Certificate]:
    """What the product has had and was not annulled."""
    return work.all(Certificate, tenant=tenant, facts__product_id=product_id, annulled=False)


def _succession(work: UnitOfWork, tenant: Slug, product_id: Id) -> Succession:
    own = Succession.of(tenant, product_id)
    return work.first(Succession, id=own.id) or own


def _changed(work: UnitOfWork, certificates: Sequence[Certificate]) -> None:
    for one in certificates:
        work.save(one)
        work.tell(CertificateChanged(certificate=one.facts), about=one)
