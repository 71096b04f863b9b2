"""Packages: what is heard of dossiers, in any order, and who may read evaluation's copy."""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

import services.evaluation.bootstrap  # noqa: F401
from chassis.problems import Conflict
from chassis.scope import Scope, entered
from chassis.store.files import Files
from chassis.store.unit_of_work import AlreadyHandled, UnitOfWork, run
from contracts.councils import PackageDelivered
from contracts.event import Envelope, Event, Unreadable
from contracts.filing import DossierAccepted, DossierReturned, DossierSubmitted, DossierWithdrawn
from contracts.package import Manifest
from contracts.results import ResultAnnulled
from services.evaluation.application.packages import follow
from services.evaluation.domain.packages import Package, PackageState, own_id
from services.evaluation.entrypoints.http import create_app
from services.evaluation.entrypoints.worker import packages
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.hearing import LOWER, UPPER, envelope, escalated, result, stored, taking, told
from tests.evaluation.people import AT, contact, council, manifest, package
from tests.files import heic, pdf

ACCEPTED, SUPERSEDED, WITHDRAWN = (
    PackageState.ACCEPTED, PackageState.SUPERSEDED, PackageState.WITHDRAWN,
)  # fmt: skip


@pytest.fixture
def take(tenants) -> Callable[[Envelope], None]:
    return taking(tenants)


def life(last: str = "accepted") -> tuple[list[Envelope], Manifest, Manifest]:
    """Submitted, returned, submitted anew, and the last word on that; with its two packages."""
    first = manifest()
    second = first.model_copy(update={"package_id": str(uuid4()), "number": 2})
    dossier = {**DossierReturned.example["dossier"], "product_id": first.product_id}
    of_first = DossierReturned.example | {"package_id": first.package_id, "dossier": dossier}
    of_second = {"package_id": second.package_id, "dossier": dossier}
    end: Event = DossierAccepted.model_validate(of_second)
    if last == "withdrawn":
        end = DossierWithdrawn.model_validate(of_second | {"reason": "Nộp lại đợt sau"})
    told = [
        (2, DossierSubmitted(manifest=first)),
        (3, DossierReturned.model_validate(of_first)),
        (5, DossierSubmitted(manifest=second)),
        (6, end),
    ]
    events = [envelope(event, first.dossier_id, version) for version, event in told]
    return events, first, second


def states(tenant: str, *of: Manifest) -> list[PackageState | None]:
    return [one.state if one else None for one in stored(tenant, *of)]


def test_a_package_is_kept_whole_with_the_dots_in_its_fields(database):
    one = package(fields={"registration.representative": "Chủ cơ sở", "general.workers": 3})
    with entered(Scope("huyen-mau", "officer")):
        run(lambda work: work.save(one))
        run(lambda work: work.save(work.get(Package, one.id)))
        found = run(UnitOfWork.first, Package, follows=one.follows, ready=True)
    assert (found.manifest, found.ready, found.version) == (one.manifest, True, 2)


@pytest.mark.parametrize("last", ["accepted", "withdrawn"])
def test_the_highest_version_has_the_last_word_in_any_order(database, take, last):
    expected = []
    for order in permutations(range(4)):
        events, first, second = life(last)
        for number in order:
            take(events[number])
        assert (order, states(LOWER, first, second)) == (order, [SUPERSEDED, PackageState(last)])
        (_, package) = stored(LOWER, first, second)
        expected.append((package.id, PackageDelivered(package=package.facts)))
    assert told(database) == (expected if last == "accepted" else [])


def test_all_of_it_at_once_ends_the_same_and_is_told_once(database, take):
    for _ in range(5):
        events, first, second = life()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(take, events))
        assert states(LOWER, first, second) == [SUPERSEDED, ACCEPTED]
    assert len(told(database)) == 5


def test_what_is_said_again_changes_nothing(database, take):
    events, *_ = life()
    for one in events:
        take(one)
    before = [*database.packages.find(), *database.heard.find()]
    for one in events:
        with pytest.raises(AlreadyHandled):
            take(one)
        with entered(Scope(LOWER, "evaluation.deliveries")):
            run(follow, one)
    assert [*database.packages.find(), *database.heard.find()] == before
    assert len(told(database)) == 1


def test_a_dossier_is_withdrawn_before_anything_was_submitted(database, take):
    events, first, _ = life("withdrawn")
    word = events[3].data.model_copy(update={"package_id": None})
    take(envelope(word, first.dossier_id, 9))
    take(events[0])
    assert states(LOWER, first) == [WITHDRAWN]


def test_a_package_waits_for_its_files_and_for_its_acceptance(database, take):
    files = [DossierSubmitted.example["manifest"]["files"][0] | {"sha256": c * 64} for c in "ab"]
    of = manifest(files=files + files[:1])
    take(envelope(DossierSubmitted(manifest=of), of.dossier_id, 1))
    (one,) = stored(LOWER, of)
    assert [file.sha256 for file in one.missing] == ["a" * 64, "b" * 64]
    accepted = DossierAccepted.example | {"package_id": of.package_id}
    take(envelope(DossierAccepted.model_validate(accepted), of.dossier_id, 2))
    (one,) = stored(LOWER, of)
    assert (one.state, one.delivered_at, one.ready) == (ACCEPTED, None, False)
    assert told(database) == []


# -- what goes up


def annulled(of: Manifest, id: str) -> Envelope:
    event = ResultAnnulled(result=result(of), reason="Sai thành phần hội đồng", contacts=())
    return envelope(event, id, 5)


def test_a_result_that_goes_up_is_a_package_of_the_tenant_above(database, take):
    of = manifest()
    take(escalated(of, str(uuid4())))
    (row,) = database.packages.find()
    (one,) = stored(UPPER, of)
    assert (row["tenant"], one.owner, one.lower, one.manifest) == (UPPER, LOWER, result(of), of)
    assert (one.state, one.ready, one.id) == (ACCEPTED, True, own_id(UPPER, of.package_id))
    assert told(database) == [(one.id, PackageDelivered(package=one.facts))]
    (told_row,) = database.outbox.find()
    assert Envelope.decoded(told_row["body"]).tenant == UPPER


def test_its_own_package_below_stays_another(database, take):
    events, _, second = life()
    for one in events:
        take(one)
    take(escalated(second, str(uuid4())))
    assert states(LOWER, second) == states(UPPER, second) == [ACCEPTED]
    (below,), (above,) = stored(LOWER, second), stored(UPPER, second)
    assert (below.id != above.id, below.lower) == (True, None)


def test_an_annulled_result_takes_back_what_it_brought_and_a_later_one_counts(database, take):
    later = AT + timedelta(days=3)
    for order in permutations(range(3)):
        of, first, second = manifest(), str(uuid4()), str(uuid4())
        events = [escalated(of, first), annulled(of, first), escalated(of, second, later)]
        for number in order:
            take(events[number])
        (one,) = stored(UPPER, of)
        assert (order, one.state, one.follows) == (order, ACCEPTED, second)
        assert one.since == later


def test_an_annulled_result_in_either_order(database, take):
    of, id = manifest(), str(uuid4())
    take(escalated(of, id))
    take(annulled(of, id))
    assert states(UPPER, of) == [WITHDRAWN]
    other, id = manifest(), str(uuid4())
    take(annulled(other, id))
    take(escalated(other, id))
    assert states(UPPER, other) == [None]


def test_what_goes_where_it_may_not_is_unreadable_and_leaves_nothing(database, take):
    for said in (
        {"to": "an-giang"},
        {"to": "huyen-mau"},
        {"to": "nowhere"},
        {"owner": "tri-ton"},
        {"owner": "tinh-mau"},
        {"tenant": "tri-ton"},
        {"tenant": "tinh-mau"},
        {"tenant": "an-giang", "to": "tinh-mau"},
    ):
        with pytest.raises(Unreadable):
            take(escalated(manifest(), str(uuid4()), **said))
    assert database.packages.count_documents({}) == database.inbox.count_documents({}) == 0


def test_a_manifest_of_another_dossier_is_unreadable(database, take):
    with pytest.raises(Unreadable):
        take(envelope(DossierSubmitted(manifest=manifest()), str(uuid4()), 1))
    assert database.packages.count_documents({}) == 0


def test_a_tenant_whose_evaluation_is_elsewhere_has_no_package_here(database, tenants):
    events, *_ = life()
    with entered(Scope(LOWER, "evaluation.dossiers")):
        packages(tenants, "an-agencys-own")(events[0])
    assert database.packages.count_documents({}) == 0


# -- agenda


def test_a_package_stands_on_one_agenda_at_a_time_and_only_when_ready():
    one, session, council_id = package(), str(uuid4()), str(uuid4())
    one.stand_on(session, council_id)
    one.stand_on(session, council_id)
    assert (one.session, one.councils) == (session, {council_id})
    with pytest.raises(Conflict):
        one.stand_on(str(uuid4()), council_id)
    one.leave(str(uuid4()))
    assert one.scheduled
    one.leave(session)
    assert not one.scheduled
    for change in ({"state": WITHDRAWN}, {"delivered_at": None}):
        with pytest.raises(Conflict):
            package().model_copy(update=change).stand_on(session, council_id)


# -- who reads them


@pytest.fixture
def officer(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app), issuer, roles=("officer",))


def keep(*aggregates: Any) -> None:
    for one in aggregates:
        with entered(Scope(one.tenant, "test")):
            run(lambda work, one=one: work.save(one))


def with_file(tenant: str = LOWER, content: bytes = pdf(), **other: Any) -> Package:
    """With one file that has arrived, and one that has not."""
    with entered(Scope(tenant, "test")):
        kept = Files().put(io.BytesIO(content))
    example = DossierSubmitted.example["manifest"]["files"][0]
    files = [
        example | {"sha256": kept.sha256, "size": kept.size, "name": "giấy đăng ký.pdf"},
        example,
    ]
    one = package(tenant, files=files, **other)
    one.arrived = frozenset({kept.sha256})
    return one


def test_a_picture_is_seen_by_a_council_and_given_as_it_came_where_that_is_asked(officer):
    one = with_file(content=heic())
    keep(one)
    [sha256] = one.arrived
    address = f"/packages/{one.id}/files/{sha256}"
    assert officer.get(address).mimetype == "image/jpeg"
    assert officer.get(f"{address}?original=true").data == heic()


def test_who_reads_which_package_and_its_files(officer):
    jury, other_jury = council(), council()
    one = with_file(contacts=[{"name": "Chủ", "phone": "0900000001"}])
    unseen = with_file(contacts=[{"name": "Khác", "phone": "0900000002"}])
    one.councils = frozenset({jury.id})
    above = with_file(UPPER, contacts=[{"name": "Chủ", "phone": "0900000001"}])
    other_jury.members = tuple(
        each.model_copy(update={"contact": contact(70 + at)})
        for at, each in enumerate(other_jury.members)
    )
    other_jury.help_team = ()
    keep(jury, other_jury, one, unseen, above)
    every = sorted([one.id, unseen.id])
    for who, listed, read in (
        (officer, every, every),
        (officer.as_("administrator"), every, every),
        (officer.as_("help-team"), every, every),
        (officer.as_("authority"), every, every),
        (officer.as_("producer", phone="0900000001"), [one.id], [one.id]),
        (officer.as_(phone="+84 900 000 001"), [one.id], [one.id]),
        (officer.as_(phone="0900000011"), [], [one.id]),
        (officer.as_(phone="0900000051"), [], [one.id]),
        (officer.as_(phone="0900000071"), [], []),
        (officer.as_("producer"), [], []),
        (officer.as_("commune-officer"), [], []),
        (officer.as_("supervisor"), [], []),
        (officer.as_("supervisor", tenant=UPPER), every, every),
        (officer.as_("officer", tenant=UPPER), [above.id], [above.id]),
        (officer.as_("officer", "supervisor", tenant=UPPER), sorted([*every, above.id]), None),
        (officer.as_("help-team", tenant=UPPER), [above.id], [above.id]),
        (officer.as_(tenant=UPPER, phone="0900000011"), [], []),
        (officer.as_("officer", tenant="tri-ton"), [], []),
        (officer.as_("supervisor", tenant="an-giang"), [], []),
    ):
        found = who.get("/packages").json["items"]
        assert (who, [each["id"] for each in found]) == (who, listed)
        for each in (one, unseen, above):
            status = 200 if each.id in (read if read is not None else listed) else 404
            (sha256,) = each.arrived
            assert who.get(f"/packages/{each.id}").status_code == status
            assert who.get(f"/packages/{each.id}/files/{sha256}").status_code == status


def test_who_reads_from_above_is_told_nobodys_number_or_address(officer):
    ways = {"registration.phone": "0900000009", "registration.email": "mau@vi.du"}
    one = package(fields=ways | {"registration.representative": "Chủ cơ sở mẫu"})
    keep(one)
    told = {
        who.roles: who.get(f"/packages/{one.id}").json["manifest"]
        for who in (officer, officer.as_("supervisor", tenant=UPPER))
    }
    assert told.pop(officer.roles)["fields"].keys() == {*ways, "registration.representative"}
    (above,) = told.values()
    assert (above["contacts"], [*above["fields"]]) == ([], ["registration.representative"])


def test_a_package_is_shown_with_its_files_as_they_arrived(officer):
    one = with_file()
    keep(one)
    (sha256,) = one.arrived
    answer = officer.get(f"/packages/{one.id}")
    assert answer.headers["ETag"].startswith('"1-')
    assert Manifest.model_validate(answer.json["manifest"]) == one.manifest
    assert (answer.json["files"], answer.json["missing"], answer.json["arrived"]) == (
        2,
        1,
        [sha256],
    )
    file = officer.get(f"/packages/{one.id}/files/{sha256}")
    assert (file.data, file.headers["ETag"]) == (pdf(), f'"{sha256}"')
    assert (file.mimetype, file.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    for path, status in (
        (f"{one.id}/files/{'0' * 64}", 404),  # not yet arrived
        (f"{one.id}/files/{'f' * 64}", 404),
        (f"{one.id}/files/x", 422),
        (str(uuid4()), 404),
        ("x", 422),
    ):
        assert officer.get(f"/packages/{path}").status_code == status


def test_the_list_is_asked_by_state_readiness_agenda_dossier_and_round(officer):
    ready, waiting, scheduled = package(), package(), package(round_id=str(uuid4()))
    waiting.state = PackageState.SUBMITTED
    waiting.delivered_at = None
    scheduled.stand_on(str(uuid4()), str(uuid4()))
    keep(ready, waiting, scheduled)

    def ids(query: str) -> Sequence[str]:
        return [each["id"] for each in officer.get(f"/packages?{query}").json["items"]]

    for query, found in (
        ("", [ready, waiting, scheduled]),
        ("state=submitted", [waiting]),
        ("ready=true", [ready, scheduled]),
        ("ready=true&scheduled=false", [ready]),
        ("ready=false", [waiting]),
        ("scheduled=true", [scheduled]),
        (f"dossier_id={waiting.manifest.dossier_id}", [waiting]),
        (f"round_id={scheduled.manifest.round_id}", [scheduled]),
        (f"round_id={uuid4()}", []),
    ):
        assert (query, ids(query)) == (query, sorted(each.id for each in found))
    for query, field in (("state=lost", "state"), ("ready=2x", "ready"), ("tenant=x", "tenant")):
        answer = officer.get(f"/packages?{query}")
        assert (answer.status_code, wrong(answer)) == (422, [field])


def test_the_time_of_delivery_is_an_instant(officer):
    one = package()
    keep(one)
    told = officer.get(f"/packages/{one.id}").json["delivered_at"]
    assert datetime.fromisoformat(told) == AT.astimezone(UTC)
