from pathlib import Path

import pytest

from deploy.k8s import secrets
from tests.deploy.manifests import K8S, Manifests, render


@pytest.fixture(scope="session")
def province() -> Manifests:
    return render(K8S / "province")


@pytest.fixture(scope="session")
def complete(province: Manifests, tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    """With the Secrets that an operator makes beside."""
    folder: Path = tmp_path_factory.mktemp("secrets")
    return Manifests(province.documents + secrets.manifests(folder))
