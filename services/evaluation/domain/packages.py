"""Packages (hồ sơ đã nộp): evaluation's own copy, by which councils judge and by no other.

What the dossier service tells may come in any order. Each word carries the version of the dossier
it is about, and the highest has the last word on all of its packages.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from pydantic import computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict
from contracts.councils import PackageFacts
from contracts.package import Manifest, PackageFile, Sha256
from contracts.person import Person
from contracts.results import ResultFacts
from contracts.text import Id, Slug


class PackageState(StrEnum):
    SUBMITTED = "submitted"  # đã nộp
    RETURNED = "returned"  # trả lại để bổ sung
    ACCEPTED = "accepted"  # được nhận để đưa ra hội đồng
    WITHDRAWN = "withdrawn"  # đã rút
    SUPERSEDED = "superseded"  # đã nộp hồ sơ khác thay
    ENDED = "ended"  # kết thúc, không đánh giá


class Heard(Aggregate):
    """The last word on a dossier, or on the lower result that brought a package up: `version`s are
    those of that subject. Every use case that hears of it saves it, so of two at once one comes
    second."""

    audited = False

    subject: Id
    heard: int = 0
    package_id: Id | None = None
    state: PackageState = PackageState.SUBMITTED

    @classmethod
    def of(cls, tenant: str, subject: Id) -> "Heard":
        return cls(id=own_id(tenant, subject), tenant=tenant, subject=subject)

    def hear(self, version: int, package_id: Id | None, state: PackageState) -> bool:
        """Whether it is the last word now, and was not before."""
        later = version > self.heard
        if later:
            self.heard, self.package_id, self.state = version, package_id, state
        return later


class Package(Aggregate):
    """`owner`: the tenant whose dossier service has its files. `follows`: the subject whose last
    word decides: the dossier, or the result of the level below, `lower`, known `since` then.
    `arrived`: the files that lie here, verified. `delivered_at`: since when all have been here of
    an accepted package. `session`: where it stands on an agenda now. `councils`: those that have
    had it on one, and may read it."""

    manifest: Manifest
    owner: Slug
    follows: Id
    since: datetime
    state: PackageState = PackageState.SUBMITTED
    lower: ResultFacts | None = None
    arrived: frozenset[Sha256] = frozenset()
    delivered_at: datetime | None = None
    session: Id | None = None
    councils: frozenset[Id] = frozenset()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ready(self) -> bool:
        """A council may judge it: accepted and delivered."""
        return self.state is PackageState.ACCEPTED and self.delivered_at is not None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def scheduled(self) -> bool:
        return self.session is not None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reachable(self) -> tuple[str, ...]:
        """Every number and address of its contacts, to be looked for."""
        ways = {way for one in self.manifest.contacts for way in (one.phone, one.email) if way}
        return tuple(sorted(ways))

    @property
    def facts(self) -> PackageFacts:
        of = self.manifest
        return PackageFacts(
            package_id=of.package_id, dossier_id=of.dossier_id, number=of.number,
            product_id=of.product_id, product=of.product.name, producer=of.producer.name,
        )  # fmt: skip

    @property
    def missing(self) -> tuple[PackageFile, ...]:
        """The files that have still to arrive, each once."""
        wanted = {one.sha256: one for one in self.manifest.files if one.sha256 not in self.arrived}
        return tuple(wanted.values())

    def is_of(self, person: Person) -> bool:
        """Whether that person is one of the producer's contacts."""
        return any(one.reaches(person) for one in self.manifest.contacts)

    def follow(self, heard: Heard) -> None:
        """A package that the last word does not name was followed by another."""
        about_this = heard.package_id in (None, self.manifest.package_id)
        self.state = heard.state if about_this else PackageState.SUPERSEDED

    def deliver(self, at: datetime) -> bool:
        """Whether it is delivered now, for the first time."""
        due = self.state is PackageState.ACCEPTED and not self.missing and not self.delivered_at
        if due:
            self.delivered_at = at
        return due

    def stand_on(self, session: Id, council: Id) -> None:
        """It stands on that session's agenda, and its council may read it from now on."""
        if not self.ready:
            raise Conflict(
                f"Hồ sơ “{self.manifest.product.name}” chưa sẵn sàng để đưa ra hội đồng.",
                f"The package of {self.manifest.product.name} is not accepted and delivered.",
            )
        if self.session not in (None, session):
            raise Conflict(
                f"Hồ sơ “{self.manifest.product.name}” đang ở chương trình của một phiên họp khác.",
                f"The package of {self.manifest.product.name} stands on another session's agenda.",
            )
        self.session, self.councils = session, self.councils | {council}

    def end(self) -> None:
        """No council judges it. Not while it stands on an agenda, or a result stands on it."""
        if self.state is not PackageState.ACCEPTED:
            raise Conflict(
                f"Hồ sơ “{self.manifest.product.name}” không chờ hội đồng.",
                f"The package of {self.manifest.product.name} does not wait for a council.",
            )
        if self.session is not None:
            raise Conflict(
                f"Hồ sơ “{self.manifest.product.name}” đang trong chương trình hoặc đã có kết quả.",
                f"The package of {self.manifest.product.name} is on an agenda or has a result.",
            )
        self.state = PackageState.ENDED

    def leave(self, session: Id) -> None:
        """That session is done with it, or never got to it."""
        if self.session == session:
            self.session = None


def need_accepted(packages: Iterable[Package]) -> None:
    """Conflict for one that was withdrawn since, as when the result that brought it up was."""
    for one in packages:
        if one.state is not PackageState.ACCEPTED:
            raise Conflict(
                f"Hồ sơ “{one.manifest.product.name}” đã bị rút, kết quả không còn giá trị.",
                f"The package of {one.manifest.product.name} was withdrawn: its result is void.",
            )


def own_id(tenant: str, subject: Id) -> Id:
    """Evaluation's own id for what it hears of: the same however often, another in each tenant."""
    return str(uuid5(NAMESPACE_URL, f"ocop:{tenant}/{subject}"))
