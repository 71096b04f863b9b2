from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings, WebAddress


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_EVALUATION_")

    key: Path = Field(description="evaluation's private key, a JWK file: it fetches packages by it")
    certificate_key: Path = Field(description="seals certificates, a JWK file")
    former_certificate_keys: Path | None = Field(
        None, description="public keys that sealed before, a JWK Set: theirs stay genuine"
    )
    gateway: WebAddress = Field(description="where the gateway is: http://127.0.0.1:8000")
    public_portal: WebAddress | None = Field(
        None, description="the pages as the public knows them, for the code on certificates"
    )
    public_gateway: WebAddress | None = Field(
        None, description="for that code where there are no pages; else `gateway`"
    )
    templates: Path | None = Field(
        None, description="a folder of papers' templates, which stand before ours"
    )
    papers_at_once: int = Field(
        2, ge=1, le=16, description="files of papers that a job makes beside one another"
    )
