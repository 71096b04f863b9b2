"""What evaluation's processes stand on."""

import services.evaluation.adapters.certificates
import services.evaluation.adapters.councils
import services.evaluation.adapters.packages
import services.evaluation.adapters.papers.documents
import services.evaluation.adapters.rounds  # noqa: F401  its documents
from services.evaluation.adapters.papers.rendering import Renderer, WrongTemplate
from services.evaluation.settings import Settings

__all__ = ["WrongTemplate", "renderer"]


def renderer(settings: Settings) -> Renderer:
    return Renderer(settings.templates, settings.papers_at_once)
