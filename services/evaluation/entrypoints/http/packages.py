from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict

from chassis.http.access import allowed, signed_in, tenant
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.uploads import Looked, looked_at
from chassis.http.versions import versioned
from chassis.store.unit_of_work import run
from chassis.tokens import Role
from contracts.councils import PackageFacts
from contracts.package import DossierKind, Manifest, Sha256
from contracts.results import ResultFacts
from contracts.text import Paragraph
from services.evaluation.application.packages import (
    end_package,
    file_of,
    package_of,
    packages_of,
)
from services.evaluation.domain.packages import Package, PackageState

packages = blueprint("packages", __name__)


class PackagePath(TenantPath):
    id: AskedId


class FilePath(PackagePath):
    sha256: Sha256


class Ending(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Paragraph


class PackageQuery(Page):
    """`ready`: whether a council may judge it. `scheduled`: whether it stands on an agenda."""

    state: PackageState | None = None
    ready: bool | None = None
    scheduled: bool | None = None
    dossier_id: AskedId | None = None
    round_id: AskedId | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        """By the fields that packages are looked for by."""
        said = {
            "state": self.state, "ready": self.ready, "scheduled": self.scheduled,
            "manifest__dossier_id": self.dossier_id, "manifest__round_id": self.round_id,
        }  # fmt: skip
        return {name: one for name, one in said.items() if one is not None}


class PackageLine(BaseModel):
    """A package as a list has it. `missing`: how many of its files have not yet arrived."""

    id: str
    tenant: str
    version: int
    facts: PackageFacts
    kind: DossierKind
    round_id: str
    procedure: str
    state: PackageState
    files: int
    missing: int
    delivered_at: datetime | None
    ready: bool
    scheduled: bool

    @classmethod
    def fields_of(cls, one: Package) -> dict[str, Any]:
        of = one.manifest
        return {
            "id": one.id, "tenant": one.tenant, "version": one.version, "facts": one.facts,
            "kind": of.kind, "round_id": of.round_id, "procedure": of.procedure,
            "state": one.state, "files": len(of.files), "missing": len(one.missing),
            "delivered_at": one.delivered_at, "ready": one.ready,
            "scheduled": one.scheduled,
        }  # fmt: skip


class PackageAnswer(PackageLine):
    """`lower`: what the council below found, of a package that came up. `arrived`: the files that
    can be read here."""

    manifest: Manifest
    lower: ResultFacts | None
    arrived: frozenset[Sha256]

    @classmethod
    def of(cls, one: Package) -> "PackageAnswer":
        return cls(
            **cls.fields_of(one), lower=one.lower, arrived=one.arrived,
            manifest=one.manifest if one.tenant == tenant else one.manifest.from_above(),
        )  # fmt: skip


class PackagePage(BaseModel):
    items: list[PackageLine]
    after: str | None


@packages.get("", responses={200: PackagePage})
@signed_in(below=True)
def list_all(path: TenantPath, query: PackageQuery) -> dict[str, Any]:
    """The tenant's for its staff, those below for a supervisor; anybody else's own. By id."""
    found = run(packages_of, query.after, query.limit, **query.wanted)
    items = [PackageLine(**PackageLine.fields_of(one)) for one in found]
    return PackagePage(items=items, after=query.next_after(found)).model_dump(mode="json")


@packages.get("/<id>", responses={200: PackageAnswer})
@signed_in(below=True)
def read(path: PackagePath) -> Response:
    """Evaluation's copy of what was submitted: all that a council judges by."""
    one = run(package_of, path.id)
    return versioned(PackageAnswer.of(one), one.version)


@packages.post("/<id>/ending", responses={200: PackageAnswer})
@allowed(Role.OFFICER, Role.ADMINISTRATOR, below=True)
def end(path: PackagePath, body: Ending) -> Response:
    """By an officer: no council judges it, and its producer is told why. What is on an agenda is
    put off or taken off there first, what has a result has that annulled."""
    one = run(end_package, path.id, body.reason)
    return versioned(PackageAnswer.of(one), one.version)


@packages.get("/<id>/files/<sha256>")
@signed_in(below=True)
def read_file(path: FilePath, query: Looked) -> Response:
    """One of its files, to be looked at in the browser."""
    file = run(file_of, path.id, path.sha256)
    return looked_at(file.sha256, file.name, original=query.original)
