"""Certificates (giấy chứng nhận): that a product has a star, since when and until when."""

from chassis.aggregate import Aggregate
from contracts.dossier import AwardFacts
from contracts.evaluation import CertificateFacts, Origin


class Certificate(Aggregate):
    """`award_version`: which version of the earlier award it follows, if it was imported."""

    facts: CertificateFacts
    award: str | None = None
    award_version: int = 0
    annulled: bool = False

    @classmethod
    def imported(cls, tenant: str, award_id: str, award: AwardFacts) -> "Certificate":
        """What a list reports is all that is known: number, dates and set stay unknown."""
        facts = CertificateFacts(
            product_id=award.product_id,
            star=award.star,
            potential=award.potential,
            origin=Origin.IMPORTED,
            award_id=award_id,
            reported_on=award.reported_on,
            source=award.source,
        )
        return cls(tenant=tenant, facts=facts, award=award_id)
