from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis import settings
from contracts.text import Slug


class Settings(settings.DoorSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_PORTAL_")

    worker_class: ClassVar[str] = "portal.worker.Worker"

    gateway: settings.WebAddress = Field(description="where the gateway is: http://127.0.0.1:8000")
    tenant: Slug = Field("an-giang", description="whose products the first page shows")
    address: settings.WebAddress | None = Field(
        None, description="as the public knows it, https://ocop.example; else as each asks for it"
    )
    connect_s: float = Field(2, gt=0, description="seconds until the gateway takes a connection")
    answer_s: float = Field(6, gt=0, description="seconds until the gateway answers")
