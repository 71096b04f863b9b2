from typer import Typer

from chassis import cli
from services.dossier.bootstrap import part_registrations
from services.dossier.settings import Settings


def create(settings: Settings) -> Typer:
    return cli.create("dossier", settings, prepare=part_registrations)
