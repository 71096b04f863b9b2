"""Earlier awards: ranks won outside of this platform, as a list reports them."""

from chassis.aggregate import Aggregate
from contracts.dossier import AwardFacts


class EarlierAward(Aggregate):
    """`certificate`: the one that evaluation registered for it, once it is known."""

    facts: AwardFacts
    certificate: str | None = None
    withdrawn: bool = False
