"""A message's way through the whole platform: from the broker to the inbox at the door, and to the
catcher of mail."""

import json
from typing import Any

import urllib3

from deploy.local.catcher import caught
from tests.chassis.running import publish, until
from tests.notification.news import HOA, LAN, news, returned
from tests.sites import told


def inbox(site: Any, tenant: str = "huyen-mau", **about: str) -> Any:
    token = site.keys.token(tenant=tenant, roles=[], subject="chị Hoa", seconds=60, **about)
    url = f"{site.url('gateway')}/t/huyen-mau/notification/v1/messages"
    answer = urllib3.request("GET", url, headers={"Authorization": f"Bearer {token}"})
    return json.loads(answer.data)


def test_a_returned_dossier_reaches_its_contacts_and_nobody_else(site):
    event = news(returned(HOA))
    publish(f"{site.addresses.rabbitmq}/{site.vhost}", [event])
    (message,) = until(lambda: inbox(site, phone=HOA.phone)["items"])
    assert message["about"] == {"event": "dossier.returned.v1", "subject": event.subject}
    (mail,) = until(lambda: caught(site.mail))
    assert (mail["To"].addresses[0].addr_spec, mail["Subject"]) == (
        HOA.email,
        message["title"]["vi"],
    )
    assert inbox(site, email=LAN.email) == {"items": [], "unread": 0, "after": None}
    assert inbox(site, tenant="tinh-mau", phone=HOA.phone)["status"] == 404
    assert told(site, "notification", "mails", "unknown") == ""
