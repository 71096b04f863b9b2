from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_DOSSIER_")

    producer_files: int = Field(2000, ge=1, description="files that one producer may send")
    producer_bytes: int = Field(
        4_000_000_000, ge=1, description="bytes of all files that one producer may send"
    )
