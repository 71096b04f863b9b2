from pathlib import Path
from typing import Annotated, ClassVar

import limits
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_settings import SettingsConfigDict

from chassis import settings
from contracts.text import Slug


def readable(text: str) -> str:
    """Refuses what the rate limiter cannot read."""
    limits.parse(text)
    return text


class Settings(settings.DoorSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_GATEWAY_")

    worker_class: ClassVar[str] = "gateway.worker.Worker"

    key: Path = Field(description="the gateway's private key, a JWK file")
    issuers: Path = Field(description="trusted issuers of callers' tokens, a JSON file")
    instances: dict[Slug, Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+")]] = Field(
        description='where each instance of a service is: {"dossier": "http://..."}'
    )
    rate: Annotated[str, AfterValidator(readable)] = Field(
        "6000/minute", description="requests of one caller, or of one address without a token"
    )
    room: int = Field(
        200_000_000, ge=1, description="bytes of bodies and answers that wait in a process, in /tmp"
    )
    connect_s: float = Field(3, gt=0, description="seconds until a service takes a connection")
    answer_s: float = Field(60, gt=0, description="seconds of silence from a service")
