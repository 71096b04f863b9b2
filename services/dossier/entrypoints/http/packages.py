from flask import Response

from chassis import scope
from chassis.http.access import allowed
from chassis.http.app import AskedId, TenantPath, blueprint
from chassis.http.uploads import Looked, looked_at
from chassis.http.versions import versioned
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
def content(path: FilePath, query: Looked) -> Response:
    """A file of it, by its hash. A service that fetches it gets it as it came."""
    found = run(file_of, path.id, path.sha256)
    fetched = Role.PACKAGE_READER in scope.current().person.roles
    return looked_at(found.sha256, found.name, original=query.original or fetched)
