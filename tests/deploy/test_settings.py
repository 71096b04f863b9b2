"""What a pod is told is what its process reads, no more, no less; every address leads to one."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chassis.tenants import Tenants
from deploy import settings
from tests.deploy.manifests import Document, Manifests, Workload

URL = re.compile(r"[a-z]+://[^\s\"']+")
OUTSIDE = ("smtp", 25)
"""The province's own mail server, which no manifest of ours has."""


def processes(manifests: Manifests) -> list[tuple[Workload, Document, str]]:
    """With the part that each belongs to."""
    return [
        (one, one.process, one.labels["app.kubernetes.io/name"])
        for one in manifests.workloads()
        if one.process
    ]


def addresses(text: str) -> list[tuple[str, int]]:
    found = [urlsplit(url) for url in URL.findall(text)]
    return [(url.hostname or "", url.port or 0) for url in found]


def test_every_required_setting_is_told_and_no_unknown_one(complete: Manifests) -> None:
    for workload, process, part in processes(complete):
        told = {name for name in complete.told(process) if name.startswith("OCOP_")}
        kind = settings.classes()[part]
        assert settings.variables(kind, required=True) - told == set(), workload.name
        assert told - settings.variables(kind) == set(), workload.name


def test_every_process_can_read_what_it_is_told(
    complete: Manifests, monkeypatch: pytest.MonkeyPatch
) -> None:
    for workload, process, part in processes(complete):
        with monkeypatch.context() as pod:
            for name, value in complete.told(process).items():
                assert value is not None, f"{workload.name}: {name}"
                pod.setenv(name, value)
            settings.classes()[part]()


def test_every_file_that_a_process_is_told_of_is_there(complete: Manifests) -> None:
    for workload, process, _ in processes(complete):
        files = complete.files(workload, process)
        told = {value for value in complete.told(process).values() if value}
        named = {value for value in told if value.startswith("/")}
        assert named - set(files) == set(), workload.name


def test_every_address_leads_to_a_pod(complete: Manifests) -> None:
    for workload in complete.workloads():
        for container in workload.containers:
            told = " ".join(value or "" for value in complete.told(container).values())
            for host, port in addresses(f"{told} {container.get('args')}"):
                if (host, port) != OUTSIDE:
                    assert complete.answering(host, port), f"{workload.name}: {host}:{port}"


def test_an_address_that_nobody_answers_is_found(complete: Manifests) -> None:
    assert complete.answering("weather", 8000) == []
    assert complete.answering("dossier", 80) == []


def test_the_gateway_knows_every_instance_that_a_tenants_record_names(
    complete: Manifests, tmp_path: Path
) -> None:
    (gateway,) = [one for one in complete.workloads("Deployment") if one.name == "gateway"]
    process = gateway.process
    assert process is not None
    told = complete.told(process)
    known = json.loads(told["OCOP_GATEWAY_INSTANCES"] or "")
    file = tmp_path / "tenants.yaml"
    file.write_text(complete.files(gateway, process)["/etc/ocop/tenants/tenants.yaml"])
    named = {instance for tenant in Tenants.read(file) for instance in tenant.routes.values()}
    assert set(known) == named
    for instance, url in known.items():
        ((host, port),) = addresses(url)
        for behind in complete.answering(host, port):
            assert behind.process is not None
            audience = complete.told(behind.process)[f"OCOP_{instance.upper()}_INSTANCE"]
            assert audience == instance


def test_a_worker_that_starts_again_keeps_its_name(province: Manifests) -> None:
    """Its container's new start is in the same pod, so it takes its lease back at once."""
    for _workload, process, part in processes(province):
        told = {one["name"]: one for one in process.get("env", [])}
        if process["args"] == ["worker"]:
            source = told[f"OCOP_{part.upper()}_REPLICA"]["valueFrom"]
            assert source == {"fieldRef": {"fieldPath": "metadata.name"}}


def test_every_setting_says_what_it_is() -> None:
    for kind in settings.classes().values():
        silent = [name for name, field in kind.model_fields.items() if not field.description]
        assert silent == [], kind


def test_the_operators_page_lists_the_settings_as_they_are() -> None:
    page = settings.PAGE.read_text()
    assert page == settings.page(page), "python -m deploy.settings"
