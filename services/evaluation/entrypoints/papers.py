"""A job of its own for each paper: its files are made, or it is told why they cannot be."""

from collections.abc import Callable
from io import BytesIO

from chassis.store.files import Files
from chassis.store.unit_of_work import heed, run
from contracts.event import Envelope
from services.evaluation.application.papers import end_paper, papers_to_make
from services.evaluation.bootstrap import WrongTemplate, renderer
from services.evaluation.domain.papers import Failure, PaperFile
from services.evaluation.settings import Settings


def making(settings: Settings) -> Callable[[Envelope], None]:
    papers = renderer(settings)

    def on_paper(envelope: Envelope) -> None:
        """Each paper is kept as soon as it is made: a job that is ended goes on from there."""
        waiting = heed(envelope, papers_to_make, envelope.subject)
        contents = [one.said for one in waiting]
        for paper, outcome in zip(waiting, papers.each(envelope.tenant, contents), strict=True):
            if isinstance(outcome, WrongTemplate):
                run(end_paper, paper.id, Failure(vi=outcome.told.vi, en=outcome.told.en))
            else:
                kept = {
                    format: PaperFile(
                        file=Files().put(BytesIO(made.content)), template=made.template
                    )
                    for format, made in outcome.items()
                }
                run(end_paper, paper.id, kept)

    return on_paper
