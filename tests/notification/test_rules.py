"""The rules as data: what cannot be followed stops the process, before any event comes."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.councils import SessionConvened, SessionOpened
from contracts.evaluation import CertificateIssued
from contracts.event import events
from contracts.results import DecisionMade, ResultApproved, ResultEscalated
from contracts.topology import NEWS_TO_MESSAGES
from services.notification.adapters.rulebook import OURS, read
from services.notification.domain.rulebook import Rulebook
from services.notification.domain.rules import Rule, names_contacts, names_tenant
from services.notification.domain.templates import Templates
from tests.notification.news import RULES

PLAIN = Templates({("plain", "vi"): "Tin\n\nNội dung", ("plain", "en"): "News\n\nThe text"})


def rule(**given: Any) -> Rule:
    usual = {
        "name": "one", "event": "session.convened.v1", "audience": "members",
        "channels": ["inbox"], "template": "plain",
    }  # fmt: skip
    return Rule.model_validate(usual | given)


def test_each_rules_event_is_subscribed_and_each_subscribed_event_has_a_rule():
    assert {one.event for one in RULES.rules} == {one.type for one in NEWS_TO_MESSAGES.events}


def test_what_outdates_a_message_is_subscribed_too():
    heard = {one.type for one in NEWS_TO_MESSAGES.events}
    assert [one.name for one in RULES.rules if one.outdated_by - heard] == []


def test_no_template_is_left_over():
    names = {file.name.split(".")[0] for file in (OURS / "templates").iterdir()}
    assert names == {one.template for one in RULES.rules}


def test_an_audience_is_contacts_that_every_event_of_the_kind_names():
    assert names_contacts(SessionConvened, "members")
    assert names_contacts(DecisionMade, "products.contacts")
    assert names_contacts(CertificateIssued, "contacts")
    for event, audience in (
        (SessionOpened, "members"),  # has none
        (SessionConvened, "agenda"),  # no contacts
        (SessionConvened, "session"),
        (SessionConvened, "session.council"),
        (SessionConvened, "agenda.contacts"),
        (DecisionMade, "products"),
        (DecisionMade, "contacts"),
        (ResultApproved, "result.failed"),
        (ResultApproved, "contacts.phone"),
        (ResultApproved, "model_fields"),
    ):
        assert not names_contacts(event, audience), (event, audience)


def test_a_tenant_is_named_beside_the_audience():
    assert names_tenant(ResultApproved, "owner", "contacts")
    assert names_tenant(ResultEscalated, "to", "contacts")  # also one that is always there
    assert names_tenant(DecisionMade, "products.tenant", "products.contacts")
    for event, path, audience in (
        (ResultApproved, "tenant", "contacts"),  # has none
        (ResultApproved, "contacts", "contacts"),  # no tenant
        (ResultApproved, "result.level", "contacts"),  # not beside it
        (DecisionMade, "tenant", "products.contacts"),
        (DecisionMade, "products.product", "products.contacts"),
        (DecisionMade, "products.tenant", "contacts"),
    ):
        assert not names_tenant(event, path, audience), (event, path)


PATHS = ("contacts", "members", "products.contacts")
UNADDRESSED = [
    kind for kind in events.values() if not any(names_contacts(kind, path) for path in PATHS)
]


@pytest.mark.parametrize("kind", UNADDRESSED, ids=lambda kind: kind.type)
def test_no_event_without_an_audience_can_be_bound(kind):
    for audience in {*PATHS, *kind.model_fields}:
        with pytest.raises(ValueError, match=f"{kind.type} has no contacts {audience}"):
            Rulebook([rule(event=kind.type, audience=audience)], PLAIN)


def test_events_that_name_nobody_are_most_of_them_and_none_of_those_with_a_rule():
    assert {"scoring.revealed.v1", "session.closed.v1"} < {kind.type for kind in UNADDRESSED}
    assert not {kind.type for kind in UNADDRESSED} & {one.event for one in RULES.rules}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"event": "session.postponed.v1"}, "one: no event session.postponed.v1"),
        ({"outdated_by": ["session.moved.v1"]}, "one: no event session.moved.v1"),
        ({"audience": "contacts"}, "one: session.convened.v1 has no contacts contacts"),
        ({"tenant": "session"}, "one: session.convened.v1 has no tenant session beside members"),
        ({"template": "other"}, "one: no template other in both languages"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        Rulebook([rule(**wrong)], PLAIN)


def test_a_name_that_stands_twice_is_said():
    with pytest.raises(ValueError, match="one: written twice"):
        Rulebook([rule(), rule(event="session.cancelled.v1")], PLAIN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": "later"}, {"channels": []}, {"channels": ["sms"]}, {"audience": "a.b.c"},
        {"audience": "__class__"}, {"tenant": "a.b.c"}, {"name": "One"}, {"language": "vi"},
    ],
)  # fmt: skip
def test_a_rule_of_another_form_is_refused(wrong):
    with pytest.raises(ValidationError):
        rule(**wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nobody }}", "'nobody' is undefined"),
        ("{{ session.chair }}", "has no attribute 'chair'"),
        ("{{ session.__class__.__mro__ }}", "unsafe"),
        ("{{ session.place|day }}", "Invalid format specifier"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{% for n in range(999999999) %}{% endfor %}", "Range too big"),
    ],
)
def test_a_template_that_does_not_fit_its_event_is_named(text, said):
    broken = Templates({("plain", "vi"): "Tin\n\n" + text, ("plain", "en"): "News"})
    with pytest.raises(
        ValueError, match=rf"one: plain does not fit session\.convened\.v1: .*{said}"
    ):
        Rulebook([rule()], broken)


def test_one_language_alone_is_not_enough(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "plain.vi.txt").write_text("Tin\n\nNội dung")
    (tmp_path / "rules.yaml").write_text(
        "rules: [{name: one, event: session.convened.v1, audience: members, channels: [inbox],"
        " template: plain}]"
    )
    with pytest.raises(ValueError, match="no template plain in both languages"):
        read(tmp_path)
    (tmp_path / "templates" / "plain.en.txt").write_text("News\n\nThe text")
    assert [one.name for one in read(tmp_path).rules] == ["one"]
