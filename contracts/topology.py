"""Who listens to what. Exchanges, queues, retries, dead letters all follow from this list."""

from dataclasses import dataclass

from contracts.catalog import IndexRebuildRequested, ListingChanged
from contracts.councils import (
    CouncilAppointed,
    PackageDelivered,
    PackageEnded,
    RoundClosed,
    RoundOpened,
    ScoringRevealed,
    SessionApproved,
    SessionCancelled,
    SessionClosed,
    SessionConvened,
    SessionOpened,
)
from contracts.dossier import (
    EarlierAwardRecorded,
    EarlierAwardWithdrawn,
    ProducerChanged,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductChanged,
    ProductRegistered,
    ProductWithdrawn,
)
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateChanged,
    CertificateIssued,
    PaperRequested,
)
from contracts.event import Event
from contracts.filing import (
    CommuneReported,
    DossierAccepted,
    DossierConfirmed,
    DossierOpened,
    DossierReturned,
    DossierSubmitted,
    DossierWithdrawn,
)
from contracts.notification import MailRequested
from contracts.results import (
    DecisionAnnulled,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    ResultAnnulled,
    ResultApproved,
    ResultEscalated,
)


@dataclass(frozen=True)
class Subscription:
    """One queue of one service, and the events it is for."""

    service: str
    purpose: str
    events: tuple[type[Event], ...]

    @property
    def queue(self) -> str:
        return f"{self.service}.{self.purpose}"

    @property
    def bindings(self) -> tuple[tuple[str, str], ...]:
        """(exchange, routing key), for every tenant."""
        return tuple((event.source, f"{event.type}.*") for event in self.events)


AWARDS_TO_CERTIFICATES = Subscription(
    "evaluation", "earlier-awards", (EarlierAwardRecorded, EarlierAwardWithdrawn)
)
CERTIFICATES_TO_PRODUCTS = Subscription(
    "dossier", "certificates", (CertificateIssued, CertificateChanged, CertificateAnnulled)
)
FACTS_TO_LISTINGS = Subscription(
    "catalog",
    "facts",
    (
        ProducerRegistered,
        ProducerChanged,
        ProducerWithdrawn,
        ProductRegistered,
        ProductChanged,
        ProductWithdrawn,
        CertificateIssued,
        CertificateChanged,
        CertificateAnnulled,
    ),
)
ROUNDS_TO_DOSSIERS = Subscription("dossier", "rounds", (RoundOpened, RoundClosed))
OUTCOMES_TO_DOSSIERS = Subscription(
    "dossier",
    "outcomes",
    (
        PackageDelivered,
        PackageEnded,
        ResultApproved,
        ResultAnnulled,
        DecisionMade,
        DecisionAnnulled,
        HigherResultConfirmed,
        HigherResultAnnulled,
        CertificateIssued,
    ),
)
DOSSIERS_TO_PACKAGES = Subscription(
    "evaluation",
    "dossiers",
    (
        DossierSubmitted,
        DossierReturned,
        DossierAccepted,
        DossierWithdrawn,
        ResultEscalated,
        ResultAnnulled,
    ),
)
DELIVERIES = Subscription("evaluation", "deliveries", (DossierSubmitted, ResultEscalated))
"""Fetching a package's files, a job."""
PAPERS = Subscription("evaluation", "papers", (PaperRequested,))
"""Making a paper, a job."""
NEWS_TO_MESSAGES = Subscription(
    "notification",
    "news",
    (
        DossierReturned,
        SessionConvened,
        SessionCancelled,
        PackageEnded,
        ResultApproved,
        ResultAnnulled,
        DecisionMade,
        DecisionAnnulled,
        HigherResultConfirmed,
        HigherResultAnnulled,
        CertificateIssued,
    ),
)
MAILS = Subscription("notification", "mails", (MailRequested,))
"""Sending a message by mail, a job."""
REBUILDS = Subscription("catalog", "jobs", (IndexRebuildRequested,))
SUBSCRIPTIONS = (
    AWARDS_TO_CERTIFICATES,
    CERTIFICATES_TO_PRODUCTS,
    FACTS_TO_LISTINGS,
    ROUNDS_TO_DOSSIERS,
    OUTCOMES_TO_DOSSIERS,
    DOSSIERS_TO_PACKAGES,
    DELIVERIES,
    PAPERS,
    NEWS_TO_MESSAGES,
    MAILS,
    REBUILDS,
)
PUBLIC: tuple[type[Event], ...] = (ListingChanged,)
"""What leaves by the streams; anybody may read it, and no queue is for it."""
ANNOUNCED: tuple[type[Event], ...] = (
    DossierOpened,
    DossierConfirmed,
    CommuneReported,
    CouncilAppointed,
    SessionOpened,
    ScoringRevealed,
    SessionClosed,
    SessionApproved,
)
"""Acts that no service listens to today. The stream <service>.announced keeps them STREAM_DAYS, for
whoever keeps registers later; without it each would lie in unrouted as if something were amiss."""
SERVICES = ("dossier", "evaluation", "catalog", "notification")
STREAM_DAYS = 30
