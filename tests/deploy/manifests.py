"""Manifests as kustomize renders them, and what a process would find in its pod."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from deploy.local.tools import kubectl
from deploy.local.tree import ROOT

Document = dict[str, Any]
K8S = ROOT / "deploy" / "k8s"
WORKLOADS = ("Deployment", "StatefulSet", "Job")


def render(folder: Path) -> "Manifests":
    done = subprocess.run(
        [kubectl(), "kustomize", folder], capture_output=True, text=True, check=True
    )
    return Manifests(list(yaml.safe_load_all(done.stdout)))


@dataclass(frozen=True)
class Workload:
    document: Document

    @property
    def name(self) -> str:
        return str(self.document["metadata"]["name"])

    @property
    def pod(self) -> Document:
        return dict(self.document["spec"]["template"]["spec"])

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.document["spec"]["template"]["metadata"]["labels"])

    @property
    def containers(self) -> list[Document]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def process(self) -> Document | None:
        """The container that runs a part of the platform; an engine has none."""
        return next((one for one in self.pod["containers"] if one["name"] == "process"), None)


@dataclass(frozen=True)
class Manifests:
    documents: list[Document]

    def of(self, *kinds: str) -> list[Document]:
        return [one for one in self.documents if one["kind"] in kinds]

    def workloads(self, *kinds: str) -> Iterator[Workload]:
        return map(Workload, self.of(*(kinds or WORKLOADS)))

    def data(self, kind: str, name: str) -> dict[str, str]:
        """What a ConfigMap or a Secret holds, or nothing where there is none."""
        for one in self.of(kind):
            if one["metadata"]["name"] == name:
                return dict(one.get("data", {}) | one.get("stringData", {}))
        return {}

    def told(self, container: Document) -> dict[str, str | None]:
        """Its environment. None: the key that it is to come from is not there."""
        found: dict[str, str | None] = {}
        for source in container.get("envFrom", []):
            found |= self.data("ConfigMap", source["configMapRef"]["name"])
        for one in container.get("env", []):
            found[one["name"]] = one.get("value") or self._value(one["valueFrom"])
        return found

    def _value(self, source: Document) -> str | None:
        match source:
            case {"secretKeyRef": {"name": name, "key": key}}:
                return self.data("Secret", name).get(key)
            case {"fieldRef": {"fieldPath": path}}:
                return str(path)
        return None

    def files(self, workload: Workload, container: Document) -> dict[str, str]:
        """Path to contents, of all that ConfigMaps and Secrets put into a container."""
        volumes = {one["name"]: one for one in workload.pod.get("volumes", [])}
        found: dict[str, str] = {}
        for mount in container.get("volumeMounts", []):
            match volumes.get(mount["name"]):
                case {"configMap": {"name": name}}:
                    held = self.data("ConfigMap", name)
                case {"secret": {"secretName": name, "items": items}}:
                    kept = self.data("Secret", name)
                    held = {one["path"]: kept[one["key"]] for one in items if one["key"] in kept}
                case {"secret": {"secretName": name}}:
                    held = self.data("Secret", name)
                case _:
                    continue
            place = PurePosixPath(mount["mountPath"])
            found |= {str(place / file): text for file, text in held.items()}
        return found

    def answering(self, host: str, port: int) -> list[Workload]:
        """The workloads behind a Service's port; a StatefulSet's pod stands before its name."""
        name = host.rsplit(".", 1)[-1]
        for one in self.of("Service"):
            ports = [it["port"] for it in one["spec"]["ports"]]
            if one["metadata"]["name"] == name and port in ports:
                wanted = one["spec"]["selector"].items()
                return [it for it in self.workloads() if wanted <= it.labels.items()]
        return []
