"""The platform as somebody outside sees it: the gateway, the portal, and a partner's account."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import urllib3

from chassis.tokens import GATEWAY, Role, Signer
from contracts.person import Person

CLIENT = Path(__file__).parents[1] / "clients" / "marketplace"
PROBLEM = "application/problem+json"

Operate = Callable[..., str]


class Refused(Exception):
    """The platform answered with a problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        said = [problem.get("detail"), (problem.get("en") or {}).get("detail")]
        super().__init__(f"{status}: {' · '.join(text for text in said if text)}")
        self.status, self.problem = status, problem


class Platform:
    """`site`: the folder of what runs here; its local issuer signs the story's tokens.

    `operate`: an operator's command of the catalogue, by its words; gives what it printed.
    """

    def __init__(self, gateway: str, portal: str, site: Path, operate: Operate) -> None:
        self.gateway, self.portal, self.operate = gateway, portal, operate
        self._signer = Signer.read("ocop-local", site / "secrets" / "issuer.jwk")
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def get(self, path: str, *, role: Role | None = None, **query: Any) -> Any:
        return self._answer("GET", path, _person(role), fields=query or None)

    def post(self, path: str, body: Any, *, role: Role) -> Any:
        return self._answer("POST", path, _person(role), json=body)

    def send(self, path: str, file: tuple[str, bytes], *, role: Role, **fields: str) -> Any:
        """A file with its form's fields."""
        return self._answer("POST", path, _person(role), fields={"file": file, **fields})

    def of(self, person: Person) -> "Seat":
        """The platform as this person sees it."""
        return Seat(self, person)

    def page(self, path: str) -> tuple[int, str]:
        """A page of the portal."""
        answer = self._pool.request("GET", f"{self.portal}{path}")
        return answer.status, answer.data.decode()

    def refusal(self, path: str, role: Role | None = None, tenant: str = "") -> int:
        """The status with which this is refused."""
        return self._request("GET", path, _person(role), tenant).status

    def _answer(self, method: str, path: str, person: Person | None, **how: Any) -> Any:
        answer = self._request(method, path, person, "", **how)
        if answer.headers.get("Content-Type", "").startswith(("application/json", PROBLEM)):
            body = json.loads(answer.data)
        else:
            body = answer.data
        if answer.status >= 400:
            raise Refused(answer.status, body)
        return body

    def _request(
        self, method: str, path: str, person: Person | None, tenant: str, **how: Any
    ) -> urllib3.BaseHTTPResponse:
        headers = how.pop("headers", {})
        if person:
            token = self._signer.signed(
                audience=GATEWAY, subject=person.id, roles=person.roles, seconds=300,
                tenant=tenant or path.split("/")[1], name=person.name, phone=person.phone,
                email=person.email, unit=person.unit,
            )  # fmt: skip
            headers["Authorization"] = f"Bearer {token}"
        return self._pool.request(method, f"{self.gateway}/t{path}", headers=headers, **how)


class Seat:
    """What one person sees and does."""

    def __init__(self, platform: Platform, person: Person) -> None:
        self._platform, self.person = platform, person

    def get(self, path: str, **query: Any) -> Any:
        return self._platform._answer("GET", path, self.person, fields=query or None)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """`key`: what is sent again under it is done once."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._platform._answer(
            "POST", path, self.person, json=body if body is not None else {}, headers=headers
        )

    def patch(self, path: str, body: Any) -> Any:
        return self._platform._answer("PATCH", path, self.person, json=body)

    def send(self, path: str, file: tuple[str, bytes], method: str = "POST", **fields: str) -> Any:
        """A file with its form's fields."""
        return self._platform._answer(method, path, self.person, fields={"file": file, **fields})

    def refused(self, act: Callable[["Seat"], Any]) -> int:
        """The status with which this is refused; 0 when it is not."""
        try:
            act(self)
        except Refused as refused:
            return refused.status
        return 0


def _person(role: Role | None) -> Person | None:
    return Person(id="demonstration", roles=frozenset({role})) if role else None


class Partner:
    """A marketplace: the client as a marketplace installs it, its account, its store."""

    def __init__(self, platform: Platform, tenant: str, store: Path, stream: str) -> None:
        self._gateway, self._tenant, self._store = platform.gateway, tenant, store
        self._stream = stream

    def follow(self) -> list[dict[str, Any]]:
        """What arrives until it has caught up: a listing each."""
        told = run(
            [
                sys.executable, "-m", "ocop_marketplace", "follow", "--once", "--json",
                "--api", self._gateway, "--tenant", self._tenant, "--store", str(self._store),
            ],
            PYTHONPATH=str(CLIENT), OCOP_MARKETPLACE_STREAM=self._stream,
        )  # fmt: skip
        return [json.loads(line)["listing"] for line in told.splitlines()]


@contextmanager
def partner(
    platform: Platform, tenant: str, folder: Path, *, sandbox: bool = False
) -> Iterator[Partner]:
    """With an account for as long as the story needs it."""
    name = f"demo-{uuid4().hex[:8]}"
    options = ["--sandbox"] if sandbox else []
    stream = platform.operate("partner", "add", name, *options).strip()
    try:
        yield Partner(platform, tenant, folder / f"{name}.sqlite", stream)
    finally:
        platform.operate("partner", "remove", name)


def run(command: Sequence[str], **environment: str) -> str:
    """What it printed; Refused, with what it said, when it ended otherwise than well."""
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode:
        raise Refused(done.returncode, {"detail": done.stderr.strip() or done.stdout.strip()})
    return done.stdout
