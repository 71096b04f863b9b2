"""The Secrets of the overlay `province`, as manifests; what they are made of is kept in a folder.

    python -m deploy.k8s.secrets FOLDER | kubectl apply -f -
    python -m deploy.k8s.secrets FOLDER --change-seal | kubectl apply -f -

The folder keeps keys and passwords, and stays with whoever operates the platform: made at the first
run, used again by every later one. Its issuer.jwk signs the tokens of callers and is in no Secret.
The second seals certificates with another key from now on; those sealed before stay genuine.
"""

import base64
import hashlib
import json
import secrets
import sys
from pathlib import Path
from typing import Any

import yaml

from deploy.local.keys import Keys

NAMESPACE = "ocop"
USER, PARTNERS = "ocop", "partners"  # of RabbitMQ; the second makes the accounts of partners
VHOST, PUBLIC_VHOST = "ocop", "ocop-public"


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "stringData": values,
        }
        for name, values in (engines(folder) | processes(folder)).items()
    ]


def engines(folder: Path) -> dict[str, dict[str, str]]:
    return {
        "mongodb": {
            "password": password(folder, "mongodb"),
            "keyfile": password(folder, "mongodb-keyfile"),
        },
        "rabbitmq": {"definitions.json": json.dumps(definitions(folder), indent=2)},
        "elasticsearch": {"password": password(folder, "elasticsearch")},
    }


def processes(folder: Path) -> dict[str, dict[str, str]]:
    keys = Keys(folder)
    keys.make()
    broker = f"amqp://{USER}:{password(folder, 'rabbitmq')}@rabbitmq:5672"
    stores = {
        "mongodb": f"mongodb://ocop:{password(folder, 'mongodb')}@mongodb-0.mongodb:27017/"
        "?replicaSet=rs0&authSource=admin",
        "rabbitmq": f"{broker}/{VHOST}",
    }
    partners = f"{PARTNERS}:{password(folder, 'rabbitmq-partners')}"
    return {
        "dossier": stores,
        "evaluation": stores
        | {
            "evaluation.jwk": keys.evaluation.read_text(),
            "certificates.jwk": keys.certificates.read_text(),
            "former-certificates.jwks": keys.former_certificates.read_text(),
        },
        "catalog": stores
        | {
            "streams": f"{broker}/{PUBLIC_VHOST}",
            "rabbitmq-management": f"http://{partners}@rabbitmq:15672",
            "elasticsearch": f"http://elastic:{password(folder, 'elasticsearch')}"
            "@elasticsearch:9200",
            "cursor-key": keys.cursor.read_text(),
        },
        "notification": stores,
        "gateway": {
            "gateway.jwk": keys.gateway.read_text(),
            "issuers.json": keys.callers_issuers.read_text(),
        },
        "issuers": {"issuers.json": keys.services_issuers.read_text()},
    }


def definitions(folder: Path) -> dict[str, Any]:
    """What RabbitMQ reads at its start: vhosts and users. Topology is declared by `cli prepare`."""
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "vhosts": [{"name": VHOST}, {"name": PUBLIC_VHOST}],
        "users": [
            user(USER, password(folder, "rabbitmq"), tags=[]),
            user(PARTNERS, password(folder, "rabbitmq-partners"), tags=["administrator"]),
        ],
        "permissions": [
            {"user": USER, "vhost": vhost} | everything for vhost in (VHOST, PUBLIC_VHOST)
        ],
    }


def user(name: str, plain: str, tags: list[str]) -> dict[str, Any]:
    # A long random password needs no salt; one that is not drawn leaves the manifest unchanged.
    salt = hashlib.sha256(plain.encode()).digest()[:4]
    hashed = base64.b64encode(salt + hashlib.sha256(salt + plain.encode()).digest()).decode()
    return {
        "name": name,
        "password_hash": hashed,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def password(folder: Path, name: str) -> str:
    """Made when first wanted, in a file that only its user can read."""
    file = folder / f"{name}.password"
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32))
    return file.read_text()


if __name__ == "__main__":
    at, *options = sys.argv[1:] or [""]
    if not at or options not in ([], ["--change-seal"]):
        sys.exit(__doc__)
    if options:
        known = Keys(Path(at))
        known.make()
        known.change_seal()
    yaml.safe_dump_all(manifests(Path(at)), sys.stdout, sort_keys=False)
