"""Packages (hồ sơ đã nộp): what a submission froze. One is made, and never changed."""

from chassis.aggregate import Aggregate
from contracts.package import Manifest, PackageFile
from contracts.text import Id


class Package(Aggregate):
    kept = True

    dossier_id: Id
    manifest: Manifest

    def file(self, sha256: str) -> PackageFile | None:
        return next((one for one in self.manifest.files if one.sha256 == sha256), None)
