import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from chassis.settings import EX_CONFIG, ServiceSettings, read


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OCOP_TEST_SERVICE_")

    key: SecretStr = Field(min_length=16, description="a secret")


def test_each_wrong_value_is_named_with_what_is_wrong(monkeypatch, capsys):
    right = {"ISSUERS": "x", "INSTANCE": "x", "DATABASE": "x", "TENANTS": "x"}
    wrong = {
        "MONGODB": "mongo://user:hidden@host", "THREADS": "many", "BIND": "8000", "KEY": "hidden",
    }  # fmt: skip
    for name, value in (right | wrong).items():
        monkeypatch.setenv(f"OCOP_TEST_SERVICE_{name}", value)
    with pytest.raises(SystemExit) as ended:
        read(Settings)
    assert ended.value.code == EX_CONFIG
    told = capsys.readouterr().err.splitlines()
    assert sorted(line.split(":")[0] for line in told) == [
        f"OCOP_TEST_SERVICE_{name}" for name in ("BIND", "KEY", "MONGODB", "RABBITMQ", "THREADS")
    ]
    assert any("many" in line for line in told)
    assert not any("hidden" in line for line in told)
