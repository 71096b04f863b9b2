from chassis.job import Jobs
from contracts.topology import DELIVERIES, PAPERS
from services.evaluation.entrypoints.deliveries import fetching
from services.evaluation.entrypoints.papers import making
from services.evaluation.settings import Settings


def create(settings: Settings) -> Jobs:
    return Jobs(settings, {DELIVERIES: fetching(settings), PAPERS: making(settings)})
