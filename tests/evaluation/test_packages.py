"""Packages: what is heard of dossiers, in any order, and who may read evaluation's copy."""

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from services.evaluation.domain.packages import Package
from tests.evaluation.people import package


def test_a_package_is_kept_whole_with_the_dots_in_its_fields(database):
    one = package(fields={"registration.representative": "Chủ cơ sở", "general.workers": 3})
    with entered(Scope("huyen-mau", "officer")):
        run(lambda work: work.save(one))
        run(lambda work: work.save(work.get(Package, one.id)))
        found = run(UnitOfWork.first, Package, follows=one.follows, ready=True)
    assert (found.manifest, found.ready, found.version) == (one.manifest, True, 2)
