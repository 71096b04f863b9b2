"""What each process is told: OCOP_<PART>_<SETTING>, as its settings.py documents."""

import json
from typing import TYPE_CHECKING

from deploy.local.addresses import with_vhost
from deploy.local.tree import DOORS

if TYPE_CHECKING:
    from deploy.local.site import Site


def of(site: "Site", part: str, kind: str, name: str) -> dict[str, str]:
    values = {
        "LOG": "json",
        "TENANTS": str(site.root / "deploy" / "tenants" / "tenants.yaml"),
        "REPLICA": name,  # the holder of a lease takes its own back after a restart
    }
    if name in site.ports:
        values["BIND"] = f"127.0.0.1:{site.ports[name]}"
    if part not in DOORS:
        values |= service(site, part)
    values |= PARTICULAR.get(part, nothing)(site)
    return {f"OCOP_{part.upper()}_{setting}": value for setting, value in values.items()}


def service(site: "Site", part: str) -> dict[str, str]:
    return {
        "MONGODB": site.addresses.mongodb,
        "DATABASE": f"{site.name}_{part}",
        "RABBITMQ": with_vhost(site.addresses.rabbitmq, site.vhost),
        "INSTANCE": part,
        "ISSUERS": str(site.keys.services_issuers),
    }


def evaluation(site: "Site") -> dict[str, str]:
    return {
        "KEY": str(site.keys.evaluation),
        "CERTIFICATE_KEY": str(site.keys.certificates),
        "FORMER_CERTIFICATE_KEYS": str(site.keys.former_certificates),
        "GATEWAY": site.url("gateway"),
        **({"PUBLIC_PORTAL": site.url("portal")} if "portal" in site.ports else {}),
    }


def notification(site: "Site") -> dict[str, str]:
    return {"SMTP": site.url("mail-catcher"), "SENDER": "ocop@ocop.example"}


def catalog(site: "Site") -> dict[str, str]:
    return {
        "ELASTICSEARCH": site.addresses.elasticsearch,
        "INDEX_PREFIX": f"{site.name}-",
        "STREAMS": with_vhost(site.addresses.public, site.public_vhost),
        "RABBITMQ_MANAGEMENT": site.addresses.management,
        "CURSOR_KEY": site.keys.cursor.read_text(),
    }


def gateway(site: "Site") -> dict[str, str]:
    instances = {
        process.part: site.url(process.name)
        for process in site.processes
        if process.kind == "http" and process.part not in DOORS
    }
    return {
        "KEY": str(site.keys.gateway),
        "ISSUERS": str(site.keys.callers_issuers),
        "INSTANCES": json.dumps(instances),
        "FORWARDERS": '["127.0.0.1/32"]',  # the portal names whom it asks for
    }


def portal(site: "Site") -> dict[str, str]:
    return {"GATEWAY": site.url("gateway"), "ADDRESS": site.url("portal")}


def nothing(site: "Site") -> dict[str, str]:
    return {}


PARTICULAR = {
    "catalog": catalog,
    "evaluation": evaluation,
    "gateway": gateway,
    "notification": notification,
    "portal": portal,
}
