"""The public streams for a partner's engineer, as an AsyncAPI 3 document."""

from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from contracts.catalog import Stream
from contracts.schemas import enveloped, example
from contracts.topology import PUBLIC, STREAM_DAYS

FILE = Path(__file__).parents[1] / "docs" / "asyncapi.yaml"
PURPOSE = {
    Stream.PUBLIC: "Sản phẩm OCOP được công bố. Products as the public sees them.",
    Stream.SANDBOX: "Dữ liệu mẫu để thử. Made-up products of demonstration tenants, to try with.",
}
ABOUT = f"""\
Each stream numbers its events by `data.sequence`: 1, 2, 3, without a gap. A number that is not
above the last one taken is a repetition. Delivery is at least once, in order.

Begin with `GET /t/{{tenant}}/catalog/v1/snapshot` of the API, whose first line names the stream,
the sequence it is exact at and how many products follow, and go on with the events after that
number. A number that is missing in the stream means that you were away for longer than the
{STREAM_DAYS} days that it keeps: take a snapshot again.

The broker is RabbitMQ, spoken to by AMQP 0-9-1. A stream is read with `basic.consume`, a prefetch,
manual acknowledgement and the argument `x-stream-offset`; each message's own offset is in its
header of that name. CloudEvents has no official binding for AMQP 0-9-1: the message's body is a
CloudEvent 1.0 in JSON, structured mode. `source` and `id` are the key for removing duplicates.

A major version of an event gains optional members and changes none, so pass over members that you
do not know, and events of a `type` that you do not know. A version's end is announced at least six
months ahead.
"""


def document() -> dict[str, Any]:
    models = {event: enveloped(event) for event in PUBLIC}
    refs, defined = models_json_schema(
        [(one, "validation") for one in models.values()],
        ref_template="#/components/schemas/{model}",
    )
    messages = {
        event.__name__: {
            "name": event.type,
            "title": (event.__doc__ or "").strip().splitlines()[0],
            "contentType": "application/cloudevents+json",
            "payload": refs[model, "validation"],
            "headers": {"$ref": "#/components/schemas/StreamHeaders"},
            "examples": [{"payload": example(event)}],
            "bindings": {"amqp": {"bindingVersion": "0.3.0", "messageType": event.type}},
        }
        for event, model in models.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "OCOP: public streams",
            "version": "1.0.0",
            "description": ABOUT,
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {"platform": _server()},
        "channels": {stream.value: _channel(stream, messages) for stream in Stream},
        "operations": {f"tell.{stream.value}": _operation(stream, messages) for stream in Stream},
        "components": {
            "messages": messages,
            "schemas": defined["$defs"] | {"StreamHeaders": _headers()},
            "securitySchemes": {"partner": {"type": "userPassword"}},
        },
    }


def _server() -> dict[str, Any]:
    given = "Told to you with your account."
    return {
        "host": "{host}:{port}",
        "pathname": "/{vhost}",
        "protocol": "amqp",
        "protocolVersion": "0-9-1",
        "description": "A read-only account for one stream, made by the platform's operators.",
        "variables": {name: {"description": given} for name in ("host", "port", "vhost")},
        "security": [{"$ref": "#/components/securitySchemes/partner"}],
    }


def _channel(stream: Stream, messages: dict[str, Any]) -> dict[str, Any]:
    queue = {"name": stream.value, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": stream.value,
        "description": PURPOSE[stream],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"amqp": {"is": "queue", "queue": queue, "bindingVersion": "0.3.0"}},
    }


def _operation(stream: Stream, messages: dict[str, Any]) -> dict[str, Any]:
    channel = f"#/channels/{stream.value}"
    return {
        "action": "send",
        "summary": "What the platform sends; a partner receives it.",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in messages],
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "x-stream-offset": {
                "type": "integer",
                "description": "Where in the stream it lies. Store it with what the event did.",
            }
        },
    }
