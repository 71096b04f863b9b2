from typer import Typer

from chassis import cli
from services.dossier.bootstrap import part_registrations, read_likenesses_anew
from services.dossier.settings import Settings


def create(settings: Settings) -> Typer:
    def prepare() -> None:
        part_registrations()
        read_likenesses_anew()

    return cli.create("dossier", settings, prepare)
