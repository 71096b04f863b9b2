"""What evaluation's processes stand on."""

import services.evaluation.adapters.certificates
import services.evaluation.adapters.councils
import services.evaluation.adapters.decisions
import services.evaluation.adapters.higher_results
import services.evaluation.adapters.packages
import services.evaluation.adapters.papers.documents
import services.evaluation.adapters.results
import services.evaluation.adapters.rounds
import services.evaluation.adapters.scorings
import services.evaluation.adapters.sessions
import services.evaluation.adapters.sheets  # noqa: F401  its documents
from chassis.tokens import Signer
from services.evaluation.adapters.deliveries import Deliveries
from services.evaluation.adapters.papers.checking import checked
from services.evaluation.adapters.papers.rendering import Renderer, WrongTemplate
from services.evaluation.adapters.signatures import Seal
from services.evaluation.settings import Settings

ISSUER = "ocop-evaluation"
"""By this name the doors know its key."""

__all__ = ["Seal", "WrongTemplate", "checked", "deliveries", "renderer"]


def renderer(settings: Settings) -> Renderer:
    return Renderer(settings.templates, settings.papers_at_once)


def deliveries(settings: Settings) -> Deliveries:
    return Deliveries(settings.gateway, Signer.read(ISSUER, settings.key))
