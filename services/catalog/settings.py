from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings

Http = Annotated[str, StringConstraints(pattern=r"^https?://")]


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_CATALOG_")

    elasticsearch: Http = Field(description="its address, with its login")
    index_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")] = Field(
        description="stands before the name of every index and alias"
    )
    index_replicas: int = Field(0, ge=0, le=5, description="copies of an index, beside itself")
    streams: Annotated[str, StringConstraints(pattern=r"^amqps?://")] = Field(
        description="the public vhost, where partners read"
    )
    rabbitmq_management: Http = Field(description="of the public vhost's broker, with its login")
    cursor_key: SecretStr = Field(min_length=32, description="signs the cursors of pages")
