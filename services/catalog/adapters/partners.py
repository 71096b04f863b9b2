"""Partners' accounts at the broker, by its management API. Each reads one stream and does nothing
else: it declares nothing, writes nothing and reads no other queue."""

import json
import re
import secrets
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import urllib3

from chassis.problems import Conflict, NotFound, Unavailable
from contracts.catalog import Stream

TAG = "partner"
"""Marks what was made here: no other account is ever changed or removed."""
LIMITS = {"max-connections": 10, "max-channels": 20}
"""Of an account, all its clients together: a client that leaks some starves nobody else."""
BROKERS_OWN = re.compile(r"guest|rabbit.*|amq.*|none|all")
"""Names that the broker or its documents use in a sense of their own."""


class Partner(NamedTuple):
    """`stream` None: an account that may read nothing, as where its making was cut off."""

    name: str
    stream: Stream | None


class PartnerAccounts:
    def __init__(self, management: str, streams: str) -> None:
        """`streams`: an amqp address of the public vhost, from which a partner's is made."""
        at = urlsplit(management)
        login = f"{unquote(at.username or 'guest')}:{unquote(at.password or 'guest')}"
        self._api = urlunsplit((at.scheme, at.netloc.rpartition("@")[2], at.path, "", ""))
        self._headers = urllib3.make_headers(basic_auth=login)
        self._http = urllib3.PoolManager(timeout=10, retries=False)
        self._streams = urlsplit(streams)
        self._vhost = quote(unquote(self._streams.path[1:]) or "/", safe="")

    def all(self) -> list[Partner]:
        users = [one["name"] for one in self._ask("GET", "users") if TAG in _tags(one)]
        may = self._ask("GET", f"vhosts/{self._vhost}/permissions")
        reads = {one["user"]: one["read"] for one in may}
        streams = {_only(stream): stream for stream in Stream}
        return [Partner(name, streams.get(reads.get(name, ""))) for name in sorted(users)]

    def add(self, name: str, stream: Stream, new_password: bool) -> str:
        """An account of this name, or a new password for it; its amqp address. The password stands
        in it and is kept nowhere."""
        known = self._find(name)
        if known and not (new_password and known == Partner(name, stream)):
            reads = known.stream or "—"
            raise Conflict(
                f"Đã có tài khoản {name}, đọc {reads}. Cấp mật khẩu mới: --new-password.",
                f"There is an account {name} already, reading {reads}. "
                "For a new password: --new-password.",
            )
        if BROKERS_OWN.fullmatch(name):
            raise Conflict(
                f"{name} là tên riêng của RabbitMQ: hãy chọn tên khác.",
                f"{name} is a name of the broker's own: choose another.",
            )
        password = secrets.token_urlsafe(32)
        self._ask("PUT", f"users/{name}", {"password": password, "tags": TAG})
        self._ask(
            "PUT",
            f"permissions/{self._vhost}/{name}",
            {"configure": "^$", "write": "^$", "read": _only(stream)},
        )
        for limit, most in LIMITS.items():
            self._ask("PUT", f"user-limits/{name}/{limit}", {"value": most})
        host = self._streams.netloc.rpartition("@")[2]
        return f"{self._streams.scheme}://{name}:{password}@{host}/{self._vhost}"

    def remove(self, name: str) -> None:
        """Its connections are closed by the broker."""
        if self._find(name) is None:
            raise NotFound(f"Không có tài khoản {name}.", f"There is no account {name}.")
        self._ask("DELETE", f"users/{name}")

    def _find(self, name: str) -> Partner | None:
        """None where the name is free."""
        found = next((one for one in self.all() if one.name == name), None)
        if found is None and any(one["name"] == name for one in self._ask("GET", "users")):
            raise Conflict(
                f"{name} là tài khoản khác của RabbitMQ, không phải của đối tác.",
                f"{name} is another account of the broker's, and no partner's.",
            )
        return found

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            answer = self._http.request(
                method, f"{self._api}/api/{path}", json=body, headers=self._headers
            )
        except urllib3.exceptions.HTTPError as error:
            raise _refused(repr(error)) from error
        if answer.status >= 300:
            raise _refused(f"{answer.status} {answer.data.decode(errors='replace')[:300]}")
        return json.loads(answer.data) if method == "GET" else None


def _only(stream: Stream) -> str:
    return f"^{re.escape(stream)}$"


def _tags(user: dict[str, Any]) -> list[str]:
    """A list since RabbitMQ 3.9, and a text before."""
    tags = user["tags"]
    return tags.split(",") if isinstance(tags, str) else tags


def _refused(reason: str) -> Unavailable:
    return Unavailable(
        f"Trang quản trị RabbitMQ không nhận yêu cầu: {reason}",
        f"RabbitMQ's management did not take the request: {reason}",
    )
