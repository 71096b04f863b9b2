"""A conflict of interest is with a product, and not with one session's scoring of it: it comes
along when the product is put on another agenda."""

from collections.abc import Sequence

from chassis.store.unit_of_work import UnitOfWork
from services.evaluation.domain.councils import Council, same_people
from services.evaluation.domain.scorings import Scoring
from services.evaluation.domain.sessions import Session


def carry_conflicts(work: UnitOfWork, council: Council, scorings: Sequence[Scoring]) -> None:
    """To the same people, of whatever council of the tenant they were then."""
    packages = [one.package_id for one in scorings]
    known = work.all(Scoring, tenant=council.tenant, package_id__in=packages)
    earlier = [one for one in known if one.conflicts]
    sessions = work.all(Session, id__in=sorted({one.session_id for one in earlier}))
    named = sorted({one.facts.council_id for one in sessions})
    councils = {one.id: one for one in work.all(Council, id__in=named)}
    of = {one.id: councils[one.facts.council_id] for one in sessions}
    for scoring in scorings:
        for one in earlier:
            if one.package_id == scoring.package_id and one.id != scoring.id:
                scoring.carry(one, same_people(of[one.session_id], council))
