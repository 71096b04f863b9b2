"""Results (kết quả): what a council found of one product, and with it all that it rests on.

Computed at the closing, approved by the chair, decided by the authority. Never edited: annulled,
with a reason, and the product is judged again.
"""

from collections.abc import Sequence
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from pydantic import computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict
from contracts.councils import Seat
from contracts.dossier import Potential
from contracts.person import Contact
from contracts.results import MissedGate, ResultFacts
from contracts.text import Id, Line, Paragraph, Slug, Words
from rules.procedures import procedures
from rules.ranking import GateRule, Ranking
from services.evaluation.domain import readers
from services.evaluation.domain.councils import Council
from services.evaluation.domain.packages import Package
from services.evaluation.domain.scorings import Round, Scoring
from services.evaluation.domain.sessions import Done, Part, Session


class ResultState(StrEnum):
    COMPUTED = "computed"  # đã tính, chờ chủ tịch phê duyệt
    SENT_BACK = "sent-back"  # chủ tịch trả lại, không tính
    APPROVED = "approved"  # đã phê duyệt
    DECIDED = "decided"  # đã có quyết định
    ANNULLED = "annulled"  # đã huỷ

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {
    ResultState.COMPUTED: Words("chưa được chủ tịch hội đồng phê duyệt", "waits for the chair"),
    ResultState.SENT_BACK: Words("đã bị trả lại", "was sent back"),
    ResultState.APPROVED: Words("đã được phê duyệt", "has been approved"),
    ResultState.DECIDED: Words("đã có quyết định", "has been decided on"),
    ResultState.ANNULLED: Words("đã bị huỷ", "has been annulled"),
}
TOLD = frozenset({ResultState.APPROVED, ResultState.DECIDED, ResultState.ANNULLED})
"""The chair has approved it, so that it is known outside of the council."""


class Scorer(Part):
    id: Id
    name: Line
    seat: Seat


class Result(Aggregate):
    """`scorers`: whose totals stand in the `rounds`. `council_ways`: how its people are reached.
    `owner`: the product's tenant. `refused_by`: the result of the level above that did not give
    the star for which this one went up, or the package there that was never judged."""

    kept = True

    facts: ResultFacts
    council: Line
    package: Id
    procedure: Slug
    edition: Line
    set_number: int
    gate_rule: GateRule
    most_spread: int
    rounds: tuple[Round, ...]
    scorers: tuple[Scorer, ...]
    reason: Paragraph | None
    contacts: tuple[Contact, ...]
    council_ways: tuple[str, ...]
    commune: Line | None
    owner: Slug
    state: ResultState = ResultState.COMPUTED
    closed: Done
    approved: Done | None = None
    decision_id: Id | None = None
    refused_by: Id | None = None
    annulled_for: Paragraph | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def session_id(self) -> str:
        return self.facts.session_id

    @computed_field  # type: ignore[prop-decorator]
    @property
    def dossier_id(self) -> str:
        return self.facts.dossier_id

    @property
    def insiders(self) -> frozenset[str]:
        """Those of its readers who saw the totals at the reveal."""
        council = {f"{self.tenant}/{way}" for way in self.council_ways}
        return frozenset(council | {readers.office(self.tenant)})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def readers(self) -> list[str]:
        """The table in docs/judgement.md: the tenant's people and the council after the closing,
        the producer, its commune and the level above when it is approved."""
        allowed = set(self.insiders)
        if self.state in TOLD:
            allowed |= {readers.above(self.tenant)} | readers.of_contacts(
                self.tenant, self.contacts
            )
            if self.commune:
                allowed.add(readers.of_commune(self.tenant, self.commune))
        return sorted(allowed)

    @classmethod
    def computed(
        cls,
        session: Session,
        council: Council,
        scoring: Scoring,
        package: Package,
        ranking: Ranking,
        closed: Done,
    ) -> "Result":
        scorers = {id for one in scoring.rounds for id in one.totals}
        return cls(
            id=result_id(scoring.id, session.closings), tenant=session.tenant,
            facts=_facts(session, package, ranking), council=session.facts.council,
            package=package.id,
            procedure=scoring.procedure, edition=scoring.edition, set_number=scoring.set_number,
            gate_rule=council.settings.gate_rule, most_spread=council.settings.most_spread,
            rounds=scoring.rounds, reason=scoring.reason,
            scorers=tuple(
                Scorer(id=one.id, name=one.contact.name, seat=one.seat)
                for one in council.named.values() if one.id in scorers
            ),
            contacts=package.manifest.contacts, council_ways=council.reachable,
            commune=package.manifest.product.commune, owner=package.owner, closed=closed,
        )  # fmt: skip

    @property
    def settled(self) -> bool:
        """Nothing is to be decided on it any more."""
        approved = self.state is ResultState.APPROVED
        return self.state is ResultState.DECIDED or (approved and self.facts.certifies is None)

    @property
    def potential(self) -> Potential | None:
        """The star that the level above has still to decide."""
        return None if self.refused_by else self.facts.potential

    def reach(self, council: Council) -> None:
        """Its people are reached otherwise now, or are others."""
        self.council_ways = council.reachable

    def send_back(self) -> None:
        self.state = ResultState.SENT_BACK

    def approve(self, by: Done) -> None:
        self.state, self.approved = ResultState.APPROVED, by

    def decide(self, decision: Id) -> None:
        self._need(ResultState.APPROVED)
        if self.facts.certifies is None:
            raise Conflict(
                f"“{self.facts.product}” không có hạng sao mà cấp này công nhận được.",
                f"{self.facts.product} has no star that this level may certify.",
            )
        self.state, self.decision_id = ResultState.DECIDED, decision

    def undecide(self) -> None:
        """Its decision was annulled."""
        self.state, self.decision_id = ResultState.APPROVED, None

    def annul(self, reason: Paragraph) -> None:
        self._need(ResultState.APPROVED)
        self.state, self.annulled_for = ResultState.ANNULLED, reason

    def refuses(self, lower: ResultFacts) -> bool:
        """Whether the star for which the lower level's result went up was not reached here."""
        return lower.potential is not None and (self.facts.star or 0) < lower.potential

    def _need(self, state: ResultState) -> None:
        if self.state is not state:
            raise Conflict(
                f"Chưa làm được: kết quả của “{self.facts.product}” {self.state.words.vi}.",
                f"Not now: the result of {self.facts.product} {self.state.words.en}.",
            )


def result_id(scoring: Id, closing: int) -> Id:
    return str(uuid5(NAMESPACE_URL, f"ocop:result:{scoring}/{closing}"))


def _facts(session: Session, package: Package, ranking: Ranking) -> ResultFacts:
    manifest, level = package.manifest, session.facts.level
    procedure = procedures()[manifest.procedure]
    up = procedure.escalation(level, ranking)
    return ResultFacts(
        session_id=session.id, package_id=manifest.package_id, dossier_id=manifest.dossier_id,
        product_id=manifest.product_id, product=manifest.product.name,
        producer=manifest.producer.name, level=level,
        total=ranking.total, band=ranking.band, star=ranking.star,
        failed=tuple(
            MissedGate(criterion=one.criterion, star=one.star) for one in ranking.failed
        ),
        eliminated=ranking.eliminated,
        certifies=_certified(procedure.level(level).certifies, ranking.star),
        potential=up.star if up else None, escalated_to=up.to if up else None,
    )  # fmt: skip


def _certified(stars: Sequence[int], star: int | None) -> int | None:
    """The highest that this level may certify of a product of that star."""
    return max((one for one in stars if star is not None and one <= star), default=None)
