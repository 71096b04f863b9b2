"""Packages: what is heard of them, their files that arrive, and who reads them."""

from typing import Any

from chassis.problems import Forbidden, NotFound
from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import UnitOfWork
from chassis.tenants import Tenants
from chassis.tokens import Role
from contracts.councils import PackageDelivered, PackageEnded
from contracts.event import Envelope, Unreadable
from contracts.filing import DossierAccepted, DossierReturned, DossierSubmitted, DossierWithdrawn
from contracts.package import Manifest, PackageFile
from contracts.person import Person
from contracts.results import ResultAnnulled, ResultEscalated
from contracts.text import Id, Paragraph, Slug
from services.evaluation.application.certificates import settle_potential
from services.evaluation.application.seats import OFFICE
from services.evaluation.domain.councils import Council
from services.evaluation.domain.packages import Heard, Package, PackageState, own_id
from services.evaluation.domain.results import Result


def receiver(envelope: Envelope, tenants: Tenants, instance: str) -> str | None:
    """The tenant that an event is for: the one that tells it, or of a result that goes up the one
    above. None where that keeps its packages elsewhere. Unreadable when it names a tenant that its
    teller does not lie under, or a package that is not its to speak of."""
    teller, event = envelope.tenant, envelope.data
    match event:
        case ResultEscalated(to=to, owner=owner):
            if to != tenants.get(teller).parent:
                raise Unreadable(f"{to} is not the tenant above {teller}")
            _need_under(teller, owner, tenants)
            tenant: str | None = to
        case ResultAnnulled(owner=owner):
            _need_under(teller, owner or teller, tenants)
            tenant = tenants.get(teller).parent
        case _:
            tenant = teller
    here = tenant is not None and tenants.get(tenant).routes.get("evaluation") == instance
    return tenant if here else None


def _need_under(teller: Slug, owner: Slug, tenants: Tenants) -> None:
    if owner not in {teller} | tenants.below(teller):
        raise Foreign(f"{owner} is neither {teller} nor below it")


def follow(work: UnitOfWork, envelope: Envelope) -> Package | None:
    """Take what an event says of a package; that package, where it is known by now. Said again or
    out of order it changes nothing that a later word has settled."""
    match envelope.data:
        case DossierSubmitted(manifest=manifest):
            if manifest.dossier_id != envelope.subject:
                raise Unreadable("its manifest is another dossier's")
            return _follow_dossier(
                work, envelope, PackageState.SUBMITTED, manifest.package_id, manifest
            )
        case DossierReturned(package_id=id):
            return _follow_dossier(work, envelope, PackageState.RETURNED, id)
        case DossierAccepted(package_id=id):
            return _follow_dossier(work, envelope, PackageState.ACCEPTED, id)
        case DossierWithdrawn(package_id=id):
            return _follow_dossier(work, envelope, PackageState.WITHDRAWN, id)
        case ResultEscalated() as event:
            return _take_up(work, envelope, event)
        case ResultAnnulled(result=result) as event if result.escalated_to is not None:
            return _take_back(work, envelope, event)
    return None


def take_file(work: UnitOfWork, id: Id, file: PackageFile) -> None:
    """One of its files lies here now, verified."""
    package = work.get(Package, id)
    if file in package.missing:
        package.arrived |= {file.sha256}
        _keep(work, package)


def end_package(work: UnitOfWork, id: Id, reason: Paragraph) -> Package:
    """By an officer who is no contact of its producer. What it came up for is potential no more."""
    package = work.first(Package, id=id, tenant=work.scope.tenant)
    if package is None:
        raise NotFound("Không tìm thấy.", "There is no such package.")
    if package.is_of(work.scope.person):
        raise Forbidden(
            "Bạn là người liên hệ của chủ thể này.", "You are a contact of its producer."
        )
    package.end()
    lower = work.first(Result, id=package.follows) if package.lower else None
    if lower is not None:
        lower.refused_by = package.id
        work.save(lower)
        settle_potential(work, lower)
    work.save(package, detail={"reason": reason})
    event = PackageEnded(
        package=package.facts, reason=reason, contacts=package.manifest.contacts,
        owner=package.owner,
    )  # fmt: skip
    work.tell(event, about=package)
    return package


def packages_of(work: UnitOfWork, after: str | None, limit: int, **wanted: Any) -> list[Package]:
    """The tenant's for its staff, those below for a supervisor; anybody else's own."""
    person = work.scope.person
    if tenants := _read_by_role(work):
        wanted["tenant__in"] = sorted(tenants)
    else:
        wanted |= {"tenant": work.scope.tenant, "reachable__in": _ways(person)}
    return work.page(Package, after=after, limit=limit, **wanted)


def package_of(work: UnitOfWork, id: Id) -> Package:
    """One that the caller may read; NotFound also for one that only others may."""
    package = work.get(Package, id)
    if package.tenant in _read_by_role(work) or _read_by_contact(work, package):
        return package
    raise NotFound("Không tìm thấy.", "There is no such package.")


def file_of(work: UnitOfWork, id: Id, sha256: str) -> PackageFile:
    """One of its files that has arrived."""
    package = package_of(work, id)
    if sha256 in package.arrived:
        return next(one for one in package.manifest.files if one.sha256 == sha256)
    raise NotFound("Không tìm thấy tệp.", "There is no such file.")


def _follow_dossier(
    work: UnitOfWork,
    envelope: Envelope,
    state: PackageState,
    package_id: Id | None,
    manifest: Manifest | None = None,
) -> Package | None:
    heard, news = _hear(work, envelope, state, package_id)
    known = {one.id: one for one in work.all(Package, follows=envelope.subject)}
    id = own_id(work.scope.tenant, package_id) if package_id else ""
    if manifest and id not in known:
        news = True
        known[id] = Package(
            id=id, tenant=work.scope.tenant, manifest=manifest, owner=work.scope.tenant,
            follows=envelope.subject, since=envelope.time,
        )  # fmt: skip
    if news:
        work.save(heard)
        for package in known.values():
            package.follow(heard)
            _keep(work, package)
    return known.get(id)


def _take_up(work: UnitOfWork, envelope: Envelope, event: ResultEscalated) -> Package | None:
    """It is accepted by going up; of two results of one package the later one counts."""
    package = _brought_up(work, envelope, event.manifest.package_id, event.owner)
    heard, news = _hear(work, envelope, PackageState.ACCEPTED, event.manifest.package_id)
    if heard.state is not PackageState.ACCEPTED or not news:
        return package
    if package is None:
        package = Package(
            id=own_id(work.scope.tenant, event.manifest.package_id), tenant=work.scope.tenant,
            manifest=event.manifest, owner=event.owner,
            follows=envelope.subject, since=envelope.time, lower=event.result,
        )  # fmt: skip
    elif package.since < envelope.time:
        package.follows, package.since = envelope.subject, envelope.time
        package.lower = event.result
    work.save(heard)
    if package.follows == envelope.subject:
        package.follow(heard)
        _keep(work, package)
    return package


def _take_back(work: UnitOfWork, envelope: Envelope, event: ResultAnnulled) -> Package | None:
    """The lower result counts no more: what it brought up is withdrawn."""
    id = event.result.package_id
    package = _brought_up(work, envelope, id, event.owner or envelope.tenant)
    heard, news = _hear(work, envelope, PackageState.WITHDRAWN, id)
    if news:
        work.save(heard)
        if package and package.follows == envelope.subject:
            package.follow(heard)
            work.save(package)
    return package


def _brought_up(work: UnitOfWork, envelope: Envelope, id: Id, owner: Slug) -> Package | None:
    """The package of this id that went up before. Foreign when it is another's than the event
    says, who may speak of its own and of those below it."""
    package = work.first(Package, id=own_id(work.scope.tenant, id))
    if package is not None and package.owner != owner:
        raise Foreign(
            f"{envelope.tenant} tells {envelope.type} of package {id}, which is {package.owner}'s"
        )
    return package


def _hear(
    work: UnitOfWork, envelope: Envelope, state: PackageState, package_id: Id | None
) -> tuple[Heard, bool]:
    """The last word on the event's subject, and whether it is this one's."""
    tenant = work.scope.tenant
    heard = work.first(Heard, id=own_id(tenant, envelope.subject))
    heard = heard or Heard.of(tenant, envelope.subject)
    return heard, heard.hear(envelope.version, package_id, state)


def _keep(work: UnitOfWork, package: Package) -> None:
    delivered = package.deliver(work.at)
    work.save(package)
    if delivered:
        work.tell(PackageDelivered(package=package.facts), about=package)


def _read_by_role(work: UnitOfWork) -> frozenset[str]:
    """The tenants whose packages the caller's roles give to read."""
    roles, scope = work.scope.person.roles, work.scope
    own = frozenset({scope.tenant} if roles & OFFICE else ())
    return own | (scope.below if Role.SUPERVISOR in roles else frozenset())


def _read_by_contact(work: UnitOfWork, package: Package) -> bool:
    """A contact of its producer, or somebody of a council that has it on an agenda."""
    person = work.scope.person
    if package.tenant != work.scope.tenant:
        return False
    if package.is_of(person):
        return True
    councils = work.all(Council, id__in=sorted(package.councils), tenant=package.tenant)
    return any(one.member_of(person) or one.helper_of(person) for one in councils)


def _ways(person: Person) -> list[str]:
    return [way for way in (person.phone, person.email) if way is not None]
