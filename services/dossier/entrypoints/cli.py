from typer import Typer

import services.dossier.bootstrap  # noqa: F401
from chassis import cli
from services.dossier.settings import Settings


def create(settings: Settings) -> Typer:
    return cli.create("dossier", settings, prepare=lambda: None)
