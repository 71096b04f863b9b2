from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chassis import settings


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="OCOP_ECHO_")

    instance: str
    issuers: Path
    notes: Path
    """A folder: what the service writes down, and what the tests tell it."""
