import re
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from contracts.person import Email

ASCII = r"^[\x21-\x7e]+$"


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_NOTIFICATION_")

    smtp: Annotated[str, StringConstraints(pattern=r"^smtps?://[^:/@\s]+:\d+$")] = Field(
        description="the mail server, smtp://host:port; smtps:// for TLS, by STARTTLS except on 465"
    )
    smtp_user: Annotated[str, StringConstraints(pattern=ASCII)] | None = Field(
        None, description="its login, over smtps:// alone"
    )
    smtp_password: SecretStr | None = Field(None, description="of that login")
    sender: Email = Field(description="the address that mail is from")

    @field_validator("smtp_password")
    @classmethod
    def _fit_to_be_sent(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if password is None:
            return None
        if not str(info.data.get("smtp")).startswith("smtps:"):
            raise ValueError("a password is sent over smtps:// alone")
        if not re.fullmatch(ASCII, password.get_secret_value()):
            raise ValueError("a password for SMTP is of ASCII letters alone")
        return password

    @property
    def login(self) -> tuple[str, str] | None:
        if self.smtp_user is None or self.smtp_password is None:
            return None
        return self.smtp_user, self.smtp_password.get_secret_value()
