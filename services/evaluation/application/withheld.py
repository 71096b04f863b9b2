"""What is kept from whoever has a conflict of interest with a product: its scores, its result and
the papers that tell them, until it is decided on. So it is from who has a sign of one, until
somebody has answered: what has been read cannot be taken back."""

from collections.abc import Collection
from typing import Any

from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id
from services.evaluation.application.seats import OFFICE
from services.evaluation.domain.councils import Council
from services.evaluation.domain.packages import Package
from services.evaluation.domain.results import TOLD, Result
from services.evaluation.domain.scorings import Scoring, interested
from services.evaluation.domain.sessions import Session


def withheld(work: UnitOfWork, **wanted: Any) -> list[Scoring]:
    """The products in the tenant's sessions that are kept from the caller, as `wanted`."""
    person, tenant = work.scope.person, work.scope.tenant
    ways = [way for way in (person.phone, person.email) if way is not None]
    if not ways:
        return []
    councils = work.all(Council, tenant=tenant, reachable__in=ways)
    former = work.all(Council, tenant=tenant, once_reachable__in=ways)
    people = [one for council in (*councils, *former) for one in council.everybody]
    own = frozenset(one.id for one in people if one.contact.reaches(person))
    found = _of_the_concerned(work, own, **wanted) if own else []
    if person.roles & OFFICE:
        found += _of_a_contact(work, ways, {one.id for one in councils}, **wanted)
    packages = [one.package_id for one in found]
    results = work.all(Result, tenant=tenant, package__in=packages) if found else []
    settled = {one.package for one in results if one.settled}
    return [one for one in found if one.package_id not in settled]


def withheld_results(work: UnitOfWork, **wanted: Any) -> list[Id]:
    """Not that of a producer's contact who has been told it."""
    person = work.scope.person
    kept = {(one.session_id, one.package_id) for one in withheld(work, **wanted)}
    if not kept:
        return []
    sessions = sorted({session for session, _ in kept})
    return [
        one.id
        for one in work.all(Result, tenant=work.scope.tenant, session_id__in=sessions)
        if (one.session_id, one.package) in kept
        and not (one.state in TOLD and any(each.reaches(person) for each in one.contacts))
    ]


def _of_the_concerned(work: UnitOfWork, own: frozenset[Id], **wanted: Any) -> list[Scoring]:
    """By a conflict that any session knows of, and by a sign in the session itself. `own`: the
    ids of who asks in every council."""
    tenant = work.scope.tenant
    known = work.all(Scoring, tenant=tenant, concerned__in=sorted(own))
    packages = sorted({one.package_id for one in known})
    return [
        one
        for one in work.all(Scoring, tenant=tenant, package_id__in=packages, **wanted)
        if own & one.unanswered or interested(one, known, own)
    ]


def _of_a_contact(
    work: UnitOfWork, ways: Collection[str], councils: Collection[Id], **wanted: Any
) -> list[Scoring]:
    """Of the tenant's people, who is a contact of the producer; what is so of the council's own
    is among the conflicts."""
    tenant = work.scope.tenant
    packages = [one.id for one in work.all(Package, tenant=tenant, reachable__in=ways)]
    scorings = work.all(Scoring, tenant=tenant, package_id__in=packages, **wanted)
    sessions = work.all(Session, id__in=sorted({one.session_id for one in scorings}))
    own = {one.id for one in sessions if one.facts.council_id in councils}
    return [one for one in scorings if one.session_id not in own]
