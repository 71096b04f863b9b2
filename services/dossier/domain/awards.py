"""Earlier awards: ranks won outside of this platform, as a list reports them."""

from chassis.aggregate import Aggregate
from contracts.dossier import AwardFacts


class EarlierAward(Aggregate):
    facts: AwardFacts
    withdrawn: bool = False


class Registration(Aggregate):
    """That evaluation has registered an award's certificate, whose id it bears.

    It is kept apart from the award: a thousand of them come one by one after an import, and whoever
    takes the import back saves a thousand awards at once.
    """

    audited = False

    award_id: str
