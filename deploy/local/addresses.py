"""Where the engines are. An address given in the environment wins over starting anything."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from deploy.local.failure import Failure

VARIABLES = ("OCOP_MONGODB", "OCOP_RABBITMQ", "OCOP_RABBITMQ_MANAGEMENT", "OCOP_ELASTICSEARCH")
PUBLIC = "OCOP_RABBITMQ_PUBLIC"
"""The broker of the public streams, where that is another one; its management is the same."""


@dataclass(frozen=True)
class Addresses:
    """Brokers are named without a vhost: each site has its own, unless one is prescribed."""

    mongodb: str
    rabbitmq: str
    management: str
    elasticsearch: str
    public: str
    vhost: str | None = None
    public_vhost: str | None = None

    @classmethod
    def of(cls, found: Mapping[str, str]) -> "Addresses":
        """From addresses by variable; those of the public streams default to the broker."""
        rabbitmq, vhost = split_vhost(found["OCOP_RABBITMQ"])
        public, public_vhost = split_vhost(found.get(PUBLIC) or rabbitmq)
        return cls(
            mongodb=found["OCOP_MONGODB"],
            rabbitmq=rabbitmq,
            management=found["OCOP_RABBITMQ_MANAGEMENT"].rstrip("/"),
            elasticsearch=found["OCOP_ELASTICSEARCH"].rstrip("/"),
            public=public,
            vhost=vhost,
            public_vhost=public_vhost,
        )


def given() -> dict[str, str]:
    """What the environment says, refused where only half of a broker is named."""
    found = {name: os.environ[name] for name in (*VARIABLES, PUBLIC) if os.environ.get(name)}
    if ("OCOP_RABBITMQ" in found) != ("OCOP_RABBITMQ_MANAGEMENT" in found):
        raise Failure(
            "OCOP_RABBITMQ và OCOP_RABBITMQ_MANAGEMENT phải được cho cùng nhau.",
            "OCOP_RABBITMQ and OCOP_RABBITMQ_MANAGEMENT must be given together.",
        )
    return found


def split_vhost(uri: str) -> tuple[str, str | None]:
    parts = urlsplit(uri)
    vhost = unquote(parts.path.removeprefix("/")) or None
    return parts._replace(path="").geturl(), vhost


def with_vhost(uri: str, vhost: str) -> str:
    return f"{uri}/{quote(vhost, safe='')}"
