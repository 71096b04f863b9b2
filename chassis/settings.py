"""What a process is told by its environment. One prefix a service: OCOP_DOSSIER_, OCOP_GATEWAY_ ...

A service's own settings are a subclass in its settings.py with its `env_prefix`. A wrong value
stops the process at its start, with a line for each.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, IPvAnyNetwork, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings

EX_CONFIG = 78
DRAIN_S = 25
"""After SIGTERM, what runs may take so long to end; Kubernetes gives a pod more than that."""
KEPT_S = 75
"""Longer than proxies and clients keep an idle connection: they close it, and no request meets a
door that has just closed."""
CONFIGURED = "OCOP_SETTINGS"
"""Where an app's configuration has them, for the server that runs it."""
Address = Annotated[str, StringConstraints(pattern=r"^[^:\s]+:\d+$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+$")]
"""Where a door is, without a path."""


class Settings(BaseSettings):
    """What each process has."""

    bind: Address = Field("127.0.0.1:8000", description="host:port; a worker's health door too")
    log: Literal["json", "console"] = Field("json", description="for a collector, or a person")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="and worse")
    threads: int = Field(16, ge=1, le=64, description="of an http process")
    workers: int = Field(1, ge=1, le=16, description="gunicorn's processes")
    max_body: int = Field(30_000_000, ge=1, description="bytes of a request's body")
    tenants: Path = Field(description="the file of all tenants")


class DoorSettings(Settings):
    """What a process has that the public reaches."""

    metrics_key: SecretStr | None = Field(
        None, min_length=16, description="bearer key of /metrics, which without one is not there"
    )
    forwarders: list[IPvAnyNetwork] = Field(
        [], description="networks whose X-Forwarded-For is believed: the ingress, the portal"
    )
    connections: int = Field(1000, ge=16, description="of one process; idle ones make room")
    connections_of_one: int = Field(
        200, ge=8, description="of one address that is no forwarder, fewer where room is scarce"
    )
    head_s: float = Field(10, gt=0, description="seconds for the head of a request that began")
    grace_s: float = Field(
        30, gt=0, description="seconds for a body or an answer, and one more per SLOWEST bytes"
    )
    slowest: int = Field(8000, ge=1, description="bytes a second of the slowest caller")


class ServiceSettings(Settings):
    """What a service with records of its own has."""

    instance: str = Field(description="the audience of the tokens this instance takes")
    issuers: Path = Field(description="trusted issuers of tokens, a JSON file")
    mongodb: Annotated[str, StringConstraints(pattern=r"^mongodb(\+srv)?://")] = Field(
        description="a replica set's address, with its login"
    )
    database: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = Field(
        description="this service's own"
    )
    rabbitmq: Annotated[str, StringConstraints(pattern=r"^amqps?://")] = Field(
        description="the broker's address, with its login and vhost"
    )
    replica: str = Field(
        default_factory=socket.gethostname,
        description="this worker's name in the lease; kept over a restart, it takes its own back",
    )


S = TypeVar("S", bound=BaseSettings)


def read(kind: type[S]) -> S:
    """The settings, or the end of the process with what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        for one in error.errors():
            name = prefix + "_".join(str(part).upper() for part in one["loc"])
            print(f"{name}: {one['msg']}{_as_given(kind, one['loc'], name)}", file=sys.stderr)
        sys.exit(EX_CONFIG)


def _as_given(kind: type[BaseSettings], place: tuple[int | str, ...], name: str) -> str:
    """The value, unless it is a secret or may hold a login."""
    given = os.environ.get(name)
    secret = "SecretStr" in repr(kind.model_fields[str(place[0])].annotation)
    return "" if given is None or secret or "@" in given else f" (is {given!r})"
