"""The envelope: what goes in comes out, and what is not an event of ours is Unreadable."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts.dossier import ProducerFacts, ProducerRegistered
from contracts.event import Envelope, Event, Unreadable, events
from contracts.schemas import example
from contracts.topology import ANNOUNCED, PUBLIC, SUBSCRIPTIONS

NAMES = ("Cơ sở Đường thốt nốt Nguyễn Thị Ửng", "Hợp tác xã Bảy Núi – Ô Lâm", "Tổ hợp tác Khoẻ")


def registered(name: str) -> Envelope:
    event = ProducerRegistered(producer=ProducerFacts(name=name, address="xã Mẫu"))
    return Envelope.of(
        event, subject=str(uuid4()), tenant="tri-ton", version=1, at=datetime.now(UTC),
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )  # fmt: skip


@pytest.mark.parametrize("type_", sorted(events))
def test_every_example_goes_in_and_comes_out(type_: str) -> None:
    body = json.dumps(example(events[type_]))
    read = Envelope.decoded(body)
    assert type(read.data) is events[type_]
    assert json.loads(read.encoded()) == json.loads(body)
    assert Envelope.decoded(read.encoded()) == read


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_vietnamese_comes_out_composed_however_it_was_typed(name: str, form: Any) -> None:
    sent = registered(unicodedata.normalize(form, name))
    read = Envelope.decoded(sent.encoded())
    assert read == sent
    assert isinstance(read.data, ProducerRegistered)
    assert read.data.producer.name == unicodedata.normalize("NFC", name)
    assert unicodedata.is_normalized("NFC", read.encoded())


def test_a_decomposed_body_of_another_writer_is_composed_too() -> None:
    body = unicodedata.normalize("NFD", registered(NAMES[0]).encoded()).encode()
    read = Envelope.decoded(body)
    assert isinstance(read.data, ProducerRegistered)
    assert read.data.producer.name == unicodedata.normalize("NFC", NAMES[0])


@given(st.text(min_size=1, max_size=100))
def test_any_name_that_is_accepted_stays_the_same_on_its_way(name: str) -> None:
    try:
        sent = registered(name)
    except ValidationError:
        return
    assert Envelope.decoded(sent.encoded()) == sent


def test_a_field_that_a_newer_writer_added_is_passed_over() -> None:
    newer = example(ProducerRegistered) | {"dataschema": "urn:x"}
    newer["data"]["producer"]["phone"] = "not for this reader"
    assert Envelope.decoded(json.dumps(newer)) == Envelope.decoded(
        json.dumps(example(ProducerRegistered))
    )


def test_every_event_has_a_listener_or_is_announced_or_public() -> None:
    heard = {event for one in SUBSCRIPTIONS for event in one.events}
    assert heard | set(ANNOUNCED) | set(PUBLIC) == set(events.values())
    assert heard & set(PUBLIC) == set()  # what leaves by a stream is bound to no queue
    assert heard & set(ANNOUNCED) == set()


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that stands in it, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for one in annotation.model_fields.values():
            yield from models_in(one.annotation)
    for argument in get_args(annotation):
        yield from models_in(argument)


@pytest.mark.parametrize("type_", sorted(events))
def test_what_may_be_none_may_be_left_out(type_: str) -> None:
    """An envelope leaves None out: a reader that insisted on it would refuse the event."""
    insisted = [
        f"{model.__name__}.{name}"
        for model in models_in(events[type_])
        for name, one in model.model_fields.items()
        if one.is_required() and type(None) in get_args(one.annotation)
    ]
    assert insisted == []


@pytest.mark.parametrize("type_", ["registered.v1", "a.b.v0", "a.b", "A.b.v1", "a.b.v1.x"])
def test_a_type_must_say_entity_fact_and_major_version(type_: str) -> None:
    with pytest.raises(TypeError, match=r"is not <entity>\.<fact>\.v<major>"):
        type("Other", (Event,), {}, source="dossier", type=type_)


def test_a_type_belongs_to_one_event() -> None:
    with pytest.raises(TypeError, match=r"producer\.registered\.v1 is defined twice"):
        type("Other", (Event,), {}, source="dossier", type="producer.registered.v1")
    assert events["producer.registered.v1"] is ProducerRegistered


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def readable(body: bytes | str) -> Envelope | None:
    """Nothing but Unreadable may come out of a body that is wrong."""
    try:
        return Envelope.decoded(body)
    except Unreadable:
        return None


@given(st.binary())
def test_bytes_that_are_no_event_are_unreadable(body: bytes) -> None:
    assert readable(body) is None


@given(anything)
def test_json_that_is_no_event_is_unreadable(value: Any) -> None:
    assert readable(json.dumps(value)) is None


@given(st.sampled_from(sorted(events)), st.data())
def test_an_event_with_one_member_spoilt_is_unreadable_or_still_the_event(
    type_: str, data: st.DataObject
) -> None:
    fields = example(events[type_])
    place: Any = fields
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        if not (isinstance(place[name], dict) and place[name] and data.draw(st.booleans())):
            break
        place = place[name]
    place[name] = data.draw(anything)
    read = readable(json.dumps(fields))
    assert read is None or isinstance(read.data, Event)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"type": "nobody.knows.v1", "data": {}}',
        b'{"type": ["producer.registered.v1"], "data": {}}',
        b"[" * 100_000,
        b'{"data":' * 100_000,
        b"9" * 100_000,
    ],
    ids=["empty", "null", "list", "not-utf8", "unknown", "listed-type", "deep", "nested", "long"],
)
def test_known_traps_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Envelope.decoded(body)


@pytest.mark.parametrize(
    "member", ["id", "source", "type", "subject", "time", "tenant", "version", "data"]
)
def test_each_member_that_is_missing_is_named(member: str) -> None:
    fields = example(ProducerRegistered)
    del fields[member]
    with pytest.raises(Unreadable, match=member):
        Envelope.decoded(json.dumps(fields))


def test_what_is_wrong_is_told_in_words() -> None:
    for body, said in (
        ({"type": "nope.told.v9", "data": {}}, "unknown type nope.told.v9"),
        ({"data": {}}, "no type"),
        ({"type": "producer.registered.v1"}, "no source"),
    ):
        with pytest.raises(Unreadable) as caught:
            Envelope.decoded(json.dumps(body))
        assert str(caught.value) == said


def test_an_event_that_its_source_does_not_tell_is_unreadable() -> None:
    fields = example(ProducerRegistered) | {"source": "/catalog"}
    with pytest.raises(Unreadable, match=r"producer\.registered\.v1 is not told by /catalog"):
        Envelope.decoded(json.dumps(fields))
