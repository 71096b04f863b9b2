"""Nobody speaks of another's: every event notification listens to, told by a foreign tenant."""

from collections.abc import Callable

import pytest

from chassis.scope import Scope, entered
from chassis.store.tellers import Foreign
from contracts.event import Envelope
from contracts.notification import MailRequested
from contracts.topology import MAILS
from services.notification.entrypoints.job import mailing
from services.notification.settings import Settings
from tests.notification.news import HOA, an_id, annulled, approved, news, take
from tests.notification.test_telling import ALL
from tests.tellers import DISTRICT, PROVINCE, heard_by, kept, named, refuses

RESULT = an_id(10)
NEWS = {make(HOA).type: make for make in ALL.values()}


@pytest.mark.parametrize(
    ("subscription", "kind"),
    [one for one in heard_by("notification") if one[0] is not MAILS],
    ids=named,
)
def test_who_speaks_of_anothers_is_told_no_and_changes_nothing(
    database, tenants, subscription, kind
):
    own = news(NEWS[kind.type](HOA), tenant=DISTRICT)
    take(own, tenants)
    refuses(database, lambda foreign: take(foreign, tenants), own)


def test_a_province_outdates_no_mail_of_its_district(database, tenants):
    """By a later word on the district's own result, told in the district's inbox."""
    take(news(approved(HOA, owner=DISTRICT), RESULT, tenant=DISTRICT), tenants)
    before = kept(database)
    with pytest.raises(Foreign, match=f"{PROVINCE} tells .* {DISTRICT}'s"):
        take(news(annulled(HOA, owner=DISTRICT), RESULT, 2, tenant=PROVINCE), tenants)
    assert kept(database) == before


@pytest.fixture
def mails(engines, database, issuer, tenants_file) -> Callable[[Envelope], None]:
    settings = Settings(
        smtp="smtp://127.0.0.1:9", sender="ocop@ocop.example", instance="notification",
        tenants=tenants_file, issuers=issuer.trusted, mongodb=engines.mongodb,
        database=database.name, rabbitmq=engines.rabbitmq,
    )  # fmt: skip
    return mailing(settings)


def test_a_mail_is_asked_for_by_the_tenant_whose_message_it_is(database, tenants, mails):
    own = news(approved(HOA), tenant=DISTRICT)
    take(own, tenants)
    (message,) = database.messages.find()
    asked = Envelope.of(
        MailRequested(), subject=message["_id"], tenant=DISTRICT, version=1, at=own.time
    )

    def job(one: Envelope) -> None:
        with entered(Scope(one.tenant, "test")):
            mails(one)

    refuses(database, job, asked)
