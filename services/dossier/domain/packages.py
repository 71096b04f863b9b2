"""Packages (hồ sơ đã nộp): what a submission froze. One is made, and never changed."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from chassis.aggregate import Aggregate
from contracts.dossier import ProducerFacts, ProductFacts
from contracts.package import Manifest, PackageFile, SelfScore
from contracts.text import Id
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.evidence import Evidence


class Package(Aggregate):
    kept = True

    dossier_id: Id
    manifest: Manifest

    @classmethod
    def frozen(
        cls,
        dossier: Dossier,
        product: ProductFacts,
        producer: ProducerFacts,
        evidence: Iterable[Evidence],
    ) -> "Package":
        """Of a dossier that has just been submitted, with all evidence that it refers to."""
        last, draft = dossier.packages[-1], dossier.draft
        fields = dossier.forms.fields
        manifest = Manifest(
            package_id=last.id, dossier_id=dossier.id, number=last.number,
            round_id=dossier.round_id, procedure=dossier.procedure, edition=dossier.edition,
            kind=dossier.kind, product_id=dossier.product_id, product=product,
            producer_id=dossier.producer_id, producer=producer,
            fields={path: said for path, said in draft.items() if not fields[path].criterion},
            self_score=SelfScore.model_validate(
                {"set": dossier.set, "case": dossier.case}
                | {part: _by_criterion(draft, part) for part in _SCORED}
            ),
            files=tuple(one.packaged() for one in evidence), contacts=dossier.contacts,
            submitted_at=last.signed.at, submitted_by=last.signed.name or last.signed.by,
        )  # fmt: skip
        return cls(id=last.id, tenant=dossier.tenant, dossier_id=dossier.id, manifest=manifest)

    def file(self, sha256: str) -> PackageFile | None:
        return next((one for one in self.manifest.files if one.sha256 == sha256), None)


_SCORED = ("options", "descriptions", "evidence")
"""What a draft holds of each criterion."""


def _by_criterion(draft: Mapping[str, JsonValue], part: str) -> dict[str, JsonValue]:
    return {
        path.removeprefix(f"{part}."): said
        for path, said in draft.items()
        if path.startswith(f"{part}.")
    }
