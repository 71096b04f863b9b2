"""What Kubernetes would say of the manifests, as far as that can be known without one."""

import copy
import re

import kubernetes_validate
import pytest
from kubernetes_validate import SchemaNotFoundError, ValidationError

from chassis.settings import DRAIN_S
from tests.deploy.manifests import Document, Manifests, Workload

KUBERNETES = "1.31"  # the oldest that the manifests are for
LOGIN = re.compile(r"://[^/\s]*@")
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def refused(documents: list[Document]) -> list[str]:
    found = []
    for one in documents:
        try:
            kubernetes_validate.validate(one, KUBERNETES, strict=True)
        except (ValidationError, SchemaNotFoundError) as error:
            found.append(f"{one['kind']} {one['metadata']['name']}: {error.message}")
    return found


def test_kubernetes_knows_every_field(complete: Manifests) -> None:
    assert refused(complete.documents) == []


def test_a_misspelt_field_and_an_unknown_kind_are_found(province: Manifests) -> None:
    misspelt = copy.deepcopy(province.of("Deployment")[0])
    misspelt["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    unknown = copy.deepcopy(province.of("Service")[0]) | {"kind": "Servise"}
    assert len(refused([misspelt, unknown])) == 2


def exposed(manifests: Manifests) -> list[str]:
    """Secrets, passwords and addresses with a login that stand in the manifests themselves."""
    found = [f"Secret {one['metadata']['name']}" for one in manifests.of("Secret")]
    for one in manifests.of("ConfigMap"):
        found += [key for key, value in one["data"].items() if LOGIN.search(value)]
    for told in (env for it in manifests.workloads() for env in environment(it)):
        secret = "PASSWORD" in told["name"] or LOGIN.search(told.get("value", ""))
        found += [told["name"]] if secret and "value" in told else []
    return found


def environment(workload: Workload) -> list[Document]:
    return [told for one in workload.containers for told in one.get("env", [])]


def test_no_secret_lies_in_the_manifests(province: Manifests) -> None:
    assert exposed(province) == []


def test_secrets_that_somebody_wrote_down_are_found(province: Manifests) -> None:
    documents = copy.deepcopy(province.documents)
    documents.append({"kind": "Secret", "metadata": {"name": "mine"}})
    manifests = Manifests(documents)
    manifests.of("ConfigMap")[0]["data"]["ADDRESS"] = "mongodb://me:mine@mongodb:27017"
    told = environment(next(manifests.workloads("StatefulSet")))
    told[-1].clear()
    told[-1].update({"name": "ELASTIC_PASSWORD", "value": "mine"})
    assert exposed(manifests) == ["Secret mine", "ADDRESS", "ELASTIC_PASSWORD"]


def test_no_pod_has_more_rights_than_the_restricted_standard(province: Manifests) -> None:
    assert any(
        one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        for one in province.of("Namespace")
    )
    for workload in province.workloads():
        told = workload.pod["securityContext"]
        assert told["runAsNonRoot"] is True
        assert told["seccompProfile"] == {"type": "RuntimeDefault"}
        assert workload.pod["automountServiceAccountToken"] is False
        for container in workload.containers:
            assert RESTRICTED.items() <= container["securityContext"].items(), workload.name
            assert "memory" in container["resources"]["limits"]


def test_the_platforms_own_files_cannot_be_written(province: Manifests) -> None:
    for workload in province.workloads():
        if process := workload.process:
            assert process["securityContext"]["readOnlyRootFilesystem"] is True
            assert workload.pod["securityContext"]["runAsUser"] == 10001


def test_a_selector_finds_its_own_pods_and_no_others(province: Manifests) -> None:
    workloads = list(province.workloads("Deployment", "StatefulSet"))
    for one in workloads:
        wanted = one.document["spec"]["selector"]["matchLabels"].items()
        assert [it.name for it in workloads if wanted <= it.labels.items()] == [one.name]


def test_every_process_is_asked_for_its_health_and_given_time_to_drain(
    province: Manifests,
) -> None:
    for workload in province.workloads("Deployment"):
        process = workload.process
        assert process is not None
        asked = {
            probe: process[probe]["httpGet"]["path"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert asked == {
            "startupProbe": "/health/live",
            "livenessProbe": "/health/live",
            "readinessProbe": "/health/ready",
        }
        before = process["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert workload.pod["terminationGracePeriodSeconds"] > before + DRAIN_S


@pytest.mark.parametrize("setting", ["transactionLifetimeLimitSeconds=5", "replSet=rs0"])
def test_mongodb_is_a_set_that_lets_go_of_what_a_killed_process_held(
    province: Manifests, setting: str
) -> None:
    (mongodb,) = [one for one in province.workloads("StatefulSet") if one.name == "mongodb"]
    assert any(setting in word for word in mongodb.pod["containers"][0]["args"])
