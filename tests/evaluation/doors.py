"""Somebody at the doors of evaluation."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask.testing import FlaskClient

from tests.conftest import Issuer


@dataclass(frozen=True)
class Caller:
    """For a tenant, in roles, as a person of this phone number."""

    client: FlaskClient
    issuer: Issuer
    tenant: str = "huyen-mau"
    roles: tuple[str, ...] = ()
    about: dict[str, str] = field(default_factory=dict)

    def as_(self, *roles: str, tenant: str | None = None, **about: str) -> "Caller":
        return replace(self, roles=roles, about=about, tenant=tenant or self.tenant)

    def get(self, path: str, **sent: Any) -> Any:
        return self._send("GET", path, **sent)

    def post(self, path: str, body: Any = None, **sent: Any) -> Any:
        return self._send("POST", path, **({"json": body} if body is not None else {}), **sent)

    def patch(self, path: str, body: Any, version: int | None = None) -> Any:
        seen = {"If-Match": f'"{version}"'} if version is not None else {}
        return self._send("PATCH", path, json=body, headers=seen)

    def _send(self, method: str, path: str, **sent: Any) -> Any:
        headers = self.issuer.header("evaluation", self.tenant, *self.roles, **self.about)
        headers |= sent.pop("headers", {})
        return self.client.open(
            f"/t/{self.tenant}/v1{path}", method=method, headers=headers, **sent
        )


def wrong(answer: Any) -> list[str]:
    """Which fields a refusal names."""
    return [one["field"] for one in answer.json["errors"]]
