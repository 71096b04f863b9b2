"""Nobody speaks of another's: every event that evaluation listens to, told by a foreign tenant."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.scope import Scope, entered
from chassis.settings import read
from chassis.store.tellers import Foreign
from contracts.dossier import AwardFacts, EarlierAwardRecorded, EarlierAwardWithdrawn
from contracts.evaluation import PaperRequested
from contracts.event import Envelope, Event
from contracts.filing import DossierAccepted, DossierReturned, DossierSubmitted, DossierWithdrawn
from contracts.package import Manifest
from contracts.results import ResultAnnulled, ResultEscalated
from contracts.topology import AWARDS_TO_CERTIFICATES, DELIVERIES, DOSSIERS_TO_PACKAGES, PAPERS
from services.evaluation.domain.packages import PackageState
from services.evaluation.domain.paper_examples import EXAMPLES
from services.evaluation.domain.papers import Kind, Paper
from services.evaluation.entrypoints.deliveries import fetching
from services.evaluation.entrypoints.http import create_app
from services.evaluation.entrypoints.papers import making
from services.evaluation.entrypoints.worker import on_award, packages
from services.evaluation.settings import Settings
from tests.evaluation.hearing import envelope, result, stored
from tests.evaluation.meeting import keep
from tests.evaluation.people import AT, manifest
from tests.tellers import DISTRICT, PROVINCE, heard_by, kept, named, refuses

Handler = Callable[[Envelope], None]


@pytest.fixture
def handlers(served, tenants) -> dict[str, Handler]:
    """As worker and job have them, by queue."""
    served("evaluation", create_app, LOG_LEVEL="error")
    settings = read(Settings)
    return {
        AWARDS_TO_CERTIFICATES.queue: on_award,
        DOSSIERS_TO_PACKAGES.queue: packages(tenants, "evaluation"),
        DELIVERIES.queue: fetching(settings),
        PAPERS.queue: making(settings),
    }


def give(handler: Handler, one: Envelope) -> None:
    with entered(Scope(one.tenant, "test")):
        handler(one)


OF = manifest()
DOSSIER = {**DossierReturned.example["dossier"], "product_id": OF.product_id}
SAID = {"package_id": OF.package_id, "dossier": DOSSIER}
AWARD = AwardFacts(product_id=str(uuid4()), star=4, reported_on=date(2023, 12, 31), source="Mẫu")
RESULT = str(uuid4())


def up(kind: type[Event], of: Manifest = OF, subject: str = RESULT, **other: Any) -> Envelope:
    """What the district tells of its result, which the province hears."""
    rest: dict[str, Any] = (
        {"manifest": of, "to": PROVINCE}
        if kind is ResultEscalated
        else {"reason": "Sai thành phần", "contacts": []}
    )
    event = kind.model_validate({"result": result(of), "owner": DISTRICT} | rest | other)
    return envelope(event, subject, 4 if kind is ResultEscalated else 5, DISTRICT)


def of_dossier(event: Event, version: int) -> Envelope:
    return envelope(event, OF.dossier_id, version, DISTRICT)


SUBMITTED = of_dossier(DossierSubmitted(manifest=OF), 1)
RECORDED = envelope(EarlierAwardRecorded(award=AWARD), str(uuid4()), 1, DISTRICT)
PAPER = Paper(
    tenant=DISTRICT, kind=Kind.CERTIFICATE, subject=str(uuid4()), title="Mẫu",
    content=EXAMPLES[Kind.CERTIFICATE]().model_dump_json(round_trip=True), requested_at=AT,
)  # fmt: skip
KNOWN_BEFORE: dict[str, tuple[str, Envelope]] = {
    AWARDS_TO_CERTIFICATES.queue: (AWARDS_TO_CERTIFICATES.queue, RECORDED),
    DOSSIERS_TO_PACKAGES.queue: (DOSSIERS_TO_PACKAGES.queue, SUBMITTED),
    DELIVERIES.queue: (DOSSIERS_TO_PACKAGES.queue, SUBMITTED),
}
"""By queue: what its owner has told before, and where it was heard."""
TOLD: dict[type[Event], Envelope] = {
    EarlierAwardRecorded: RECORDED,
    EarlierAwardWithdrawn: envelope(
        EarlierAwardWithdrawn(award=AWARD), RECORDED.subject, 2, DISTRICT
    ),
    DossierSubmitted: of_dossier(DossierSubmitted(manifest=OF), 2),
    DossierReturned: of_dossier(DossierReturned.model_validate(DossierReturned.example | SAID), 2),
    DossierAccepted: of_dossier(DossierAccepted.model_validate(SAID), 2),
    DossierWithdrawn: of_dossier(
        DossierWithdrawn.model_validate(SAID | {"reason": "Nộp lại đợt sau"}), 2
    ),
    ResultEscalated: up(ResultEscalated),
    ResultAnnulled: up(ResultAnnulled),
    PaperRequested: envelope(PaperRequested(), PAPER.id, 1, DISTRICT),
}


@pytest.mark.parametrize(("subscription", "kind"), heard_by("evaluation"), ids=named)
def test_who_speaks_of_anothers_is_told_no_and_changes_nothing(
    database, handlers, subscription, kind
):
    if subscription is PAPERS:
        keep(DISTRICT, PAPER)
    else:
        queue, before = KNOWN_BEFORE[subscription.queue]
        give(handlers[queue], before)
        give(handlers[DOSSIERS_TO_PACKAGES.queue], up(ResultEscalated))
    refuses(database, lambda one: give(handlers[subscription.queue], one), TOLD[kind])


@pytest.mark.parametrize("owner", [DISTRICT, "chau-doc"])
@pytest.mark.parametrize("kind", [ResultEscalated, ResultAnnulled])
def test_a_district_does_not_replace_or_withdraw_what_another_has_brought_up(
    database, handlers, kind, owner
):
    """By a result of its own that names the other's package, whoever it says that is."""
    take = handlers[DOSSIERS_TO_PACKAGES.queue]
    give(take, up(ResultEscalated))
    before = kept(database)
    later = up(kind, subject=str(uuid4()), owner=owner)
    foreign = later.model_copy(update={"tenant": "chau-doc", "time": AT + timedelta(days=1)})
    with pytest.raises(Foreign) as refused:
        give(take, foreign)
    assert DISTRICT in str(refused.value)
    assert "chau-doc" in str(refused.value)
    assert kept(database) == before
    (package,) = stored(PROVINCE, OF)
    assert (package.state, package.follows) == (PackageState.ACCEPTED, RESULT)
    give(take, up(ResultAnnulled))
    (package,) = stored(PROVINCE, OF)
    assert package.state is PackageState.WITHDRAWN


def test_what_somebody_told_of_first_is_theirs_though_nothing_of_it_is_kept(database, handlers):
    """A province's own result goes no further up here; the district below tells nothing of it."""
    award = envelope(EarlierAwardWithdrawn(award=AWARD), str(uuid4()), 3, PROVINCE)
    give(on_award, award)
    with pytest.raises(Foreign, match=f"{DISTRICT} tells .* {PROVINCE}'s"):
        give(on_award, award.model_copy(update={"id": str(uuid4()), "tenant": DISTRICT}))
