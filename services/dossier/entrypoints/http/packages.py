from flask import Response

from chassis.http.access import allowed
from chassis.http.app import AskedId, TenantPath, blueprint
from chassis.http.uploads import stored
from chassis.http.versions import versioned
from chassis.store.files import Files
from chassis.store.unit_of_work import run
from chassis.tokens import Role
from contracts.package import Manifest, Sha256
from services.dossier.application.packages import file_of, see_package

packages = blueprint("packages", __name__)


class PackagePath(TenantPath):
    id: AskedId


class FilePath(PackagePath):
    sha256: Sha256


@packages.get("/<id>", responses={200: Manifest})
@allowed(*Role, below=True)
def read(path: PackagePath) -> Response:
    """What a submission froze."""
    package = run(see_package, path.id)
    return versioned(package.manifest, package.version)


@packages.get("/<id>/files/<sha256>")
@allowed(*Role, below=True)
def content(path: FilePath) -> Response:
    """A file of it, by its hash."""
    found = run(file_of, path.id, path.sha256)
    return stored(Files().open(found.sha256), found.name)
