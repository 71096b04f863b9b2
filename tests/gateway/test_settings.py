import pytest

from chassis.settings import EX_CONFIG, read
from gateway.settings import Settings

RIGHT = {
    "TENANTS": "tenants.yaml", "KEY": "key.jwk", "ISSUERS": "issuers.json",
    "INSTANCES": '{"dossier": "http://127.0.0.1:1"}',
}  # fmt: skip


def told(monkeypatch, **values):
    for name, value in (RIGHT | values).items():
        monkeypatch.setenv(f"OCOP_GATEWAY_{name}", value)


def test_what_is_told_is_read(monkeypatch):
    told(monkeypatch, FORWARDERS='["10.0.0.0/8"]', RATE="10/second")
    settings = read(Settings)
    assert settings.instances == {"dossier": "http://127.0.0.1:1"}
    assert (str(settings.forwarders[0]), settings.rate) == ("10.0.0.0/8", "10/second")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE", "often"), ("FORWARDERS", '["the portal"]'), ("ANSWER_S", "0"),
        ("INSTANCES", '{"dossier": "ftp://x"}'), ("INSTANCES", '{"Not A Slug": "http://x"}'),
    ],
)  # fmt: skip
def test_a_wrong_value_stops_the_process_and_is_named(monkeypatch, capsys, name, value):
    told(monkeypatch, **{name: value})
    with pytest.raises(SystemExit) as ended:
        read(Settings)
    assert ended.value.code == EX_CONFIG
    assert capsys.readouterr().err.startswith(f"OCOP_GATEWAY_{name}")
