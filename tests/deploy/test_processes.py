"""Every process of the tree has its Deployment, its image, and what it needs to be built."""

from pathlib import Path

import pytest
import yaml

from deploy import images
from deploy.local import tree
from deploy.local.tree import ROOT, Process
from tests.deploy.manifests import Manifests


def deployed(manifests: Manifests) -> set[tuple[str, str, str]]:
    """(name, image, argument)"""
    return {
        (one.name, one.process["image"], *one.process["args"])
        for one in manifests.workloads("Deployment")
        if one.process
    }


def wanted(processes: list[Process], names: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(one.name, names.get(one.part, "no image"), one.kind) for one in processes}


@pytest.fixture
def with_another_service(tmp_path: Path) -> Path:
    """A tree in which somebody added a service and thought of nothing else."""
    for process in tree.processes():
        place = tmp_path.joinpath(*process.module.split("."), "entrypoints")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{process.kind}.py").touch()
    added = tmp_path / "services" / "weather" / "entrypoints"
    added.mkdir(parents=True)
    (added / "http.py").touch()
    return tmp_path


def test_what_is_deployed_is_what_the_tree_has(province: Manifests) -> None:
    assert deployed(province) == wanted(tree.processes(), images.names())


def test_a_process_without_manifest_and_image_is_found(
    province: Manifests, with_another_service: Path
) -> None:
    processes = tree.processes(with_another_service)
    missing = wanted(processes, images.names()) - deployed(province)
    assert missing == {("weather-http", "no image", "http")}


def test_every_part_with_commands_is_prepared_by_its_own_image(province: Manifests) -> None:
    found = {
        (one.name, one.process["image"], tuple(one.process["args"]))
        for one in province.workloads("Job")
        if one.process
    }
    assert found == {
        (f"{part}-prepare", images.names()[part], ("cli", "prepare")) for part in tree.commands()
    }


def test_images_are_those_of_the_parts() -> None:
    assert set(images.names()) == set(tree.parts())


@pytest.mark.parametrize("part", tree.parts())
def test_what_an_image_is_made_of_is_there_and_let_through(part: str) -> None:
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    folder = images.folders()[part]
    for place in ("requirements", "chassis", "contracts", "rules", folder.split("/")[0]):
        assert f"!{place}" in let_through
    assert (ROOT / folder).is_dir()
    assert "--hash=sha256:" in (ROOT / "requirements" / f"{part}.txt").read_text()


def test_an_image_is_built_with_its_own_requirements_and_folder() -> None:
    command = images.command("buildah bud", "gateway", base="ours")
    assert command[:4] == ["buildah", "bud", "-f", "deploy/Dockerfile"]
    assert {"SERVICE=gateway", "FOLDER=gateway", "BASE=ours"} < set(command)
    assert command[-3:] == ["-t", images.names()["gateway"], "."]


def test_every_image_has_a_tag_that_stays(province: Manifests) -> None:
    for workload in province.workloads():
        for container in workload.containers:
            _, _, tag = container["image"].partition(":")
            assert tag not in ("", "latest"), container["image"]


def test_the_tenants_in_the_cluster_are_the_file_itself(province: Manifests) -> None:
    (held,) = [
        one["data"]
        for one in province.of("ConfigMap")
        if one["metadata"]["name"].startswith("tenants-")
    ]
    file = ROOT / "deploy" / "tenants" / "tenants.yaml"
    assert yaml.safe_load(held["tenants.yaml"]) == yaml.safe_load(file.read_text())
