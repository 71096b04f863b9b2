"""Councils: who sits where, how they are found by contact, and how one is appointed and changed."""

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from services.evaluation.domain.councils import Council
from tests.evaluation.people import council


def test_a_council_is_kept_whole_and_found_by_any_number_of_its_people(database):
    one = council()
    with entered(Scope("huyen-mau", "officer")):
        run(lambda work: work.save(one))
        assert run(UnitOfWork.get, Council, one.id) == one
        for phone, found in (("0900000013", [one]), ("0900000051", [one]), ("0900000099", [])):
            assert run(UnitOfWork.all, Council, reachable=phone) == found
