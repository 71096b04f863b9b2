from typer import Typer

import services.evaluation.bootstrap  # noqa: F401
from chassis import cli
from services.evaluation.settings import Settings


def create(settings: Settings) -> Typer:
    return cli.create("evaluation", settings, prepare=lambda: None)
