"""How the mail server is spoken to: TLS that is verified, a login that nobody overhears."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from chassis.problems import Unavailable
from chassis.tenants import Tenants
from services.notification.adapters import mailer
from services.notification.adapters.mailer import Mailer
from services.notification.domain.messages import Message
from services.notification.settings import Settings
from tests.conftest import TENANTS
from tests.notification.news import HOA, RULES, news, returned
from tests.notification.post import Moody, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


def message() -> Message:
    envelope = news(returned(HOA))
    (rule,) = RULES.about(envelope.data)
    unit = Tenants.read(TENANTS).get("huyen-mau").name
    written = RULES.templates.write(rule.template, envelope.data, HOA, unit)
    return Message.telling(envelope, rule, envelope.tenant, HOA, written)


def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
    right = (given.login, given.password) == (b"ocop", b"right")
    return AuthResult(success=right, handled=False)


@pytest.fixture(params=["starttls", "implicit"])
def server(
    request: pytest.FixtureRequest, moody: Moody, context: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:  # fmt: skip
    """One that asks for a login, and speaks TLS."""
    login = {"authenticator": authenticator}
    if request.param == "starttls":
        with serving(
            moody, tls_context=context, require_starttls=True, auth_required=True, **login
        ) as port:
            yield f"smtps://127.0.0.1:{port}"
    else:
        with serving(moody, ssl_context=context, auth_require_tls=False, **login) as port:
            monkeypatch.setattr(mailer, "IMPLICIT_TLS", port)
            yield f"smtps://127.0.0.1:{port}"


@pytest.mark.parametrize("length", range(20, 140, 7))
def test_a_long_subject_arrives_as_it_was_written(port, moody, tenants, length):
    words = ("Đường thốt nốt mẫu (không có thật) của cơ sở mẫu " * 4)[:length].strip()
    one = message()
    one.title = one.title.model_copy(update={"vi": words})
    Mailer(f"smtp://127.0.0.1:{port}", "ocop@ocop.example", tenants).send(one)
    (mail,) = moody.mails
    assert mail["Subject"] == words
    assert mail["To"].addresses[0].addr_spec == "hoa@mau.example"


def mailer_of(server: str, tenants: Tenants, password: str = "right") -> Mailer:
    return Mailer(server, "ocop@ocop.example", tenants, ("ocop", password))


def test_with_a_trusted_certificate_and_the_right_login_it_is_sent(
    server, moody, tenants, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailer_of(server, tenants).send(message())
    assert len(moody.mails) == 1


def test_with_another_login_it_is_not(server, moody, tenants, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(Unavailable, match="535"):
        mailer_of(server, tenants, "wrong").send(message())
    assert moody.mails == []


def test_a_server_whose_certificate_is_nobodys_hears_nothing(server, moody, tenants):
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        mailer_of(server, tenants).send(message())
    assert moody.mails == []


def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(port, moody, tenants):
    with pytest.raises(Unavailable, match="STARTTLS"):
        mailer_of(f"smtps://127.0.0.1:{port}", tenants).send(message())
    assert moody.mails == []


USUAL = {
    "instance": "notification", "issuers": "/x", "mongodb": "mongodb://x", "database": "x",
    "rabbitmq": "amqp://x", "tenants": "/x", "smtp": "smtps://mail.example:587",
    "sender": "ocop@ocop.example",
}  # fmt: skip


def test_a_login_is_user_and_password_over_tls():
    login = {"smtp_user": "ocop", "smtp_password": "secret"}
    assert Settings(**USUAL).login is None
    assert Settings(**USUAL, **login).login == ("ocop", "secret")
    with pytest.raises(ValidationError, match="over smtps:// alone"):
        Settings(**(USUAL | {"smtp": "smtp://mail.example:25"}), **login)


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp": "mail.example:25"},
        {"smtp": "smtp://mail.example"},
        {"smtp": "smtps://ocop:secret@mail.example:587"},
        {"smtp": "http://mail.example:25"},
        {"sender": "OCOP <ocop@ocop.example>"},
        {"sender": "nobody"},
        {"smtp_user": "ocop", "smtp_password": "mật khẩu"},  # no server is told of such
    ],
)
def test_a_wrong_address_stops_the_process(wrong):
    with pytest.raises(ValidationError):
        Settings(**(USUAL | wrong))
