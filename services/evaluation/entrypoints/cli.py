from pathlib import Path
from typing import Annotated

import typer

from chassis import cli
from chassis.scope import Scope, entered
from chassis.store import documents
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from services.evaluation.application.papers import request_failed_papers
from services.evaluation.bootstrap import checked, renderer
from services.evaluation.domain.paper_examples import EXAMPLES
from services.evaluation.domain.papers import Format
from services.evaluation.settings import Settings

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]


def create(settings: Settings) -> typer.Typer:
    app = cli.create("evaluation", settings, prepare=lambda: None)
    app.add_typer(_papers(settings), name="papers", help="Papers and the templates of an agency.")
    return app


def _papers(settings: Settings) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)

    @app.command("check")
    def check(folder: Folder) -> None:
        """Make every example by this folder's templates, and say of each what is wrong."""
        found = [*checked(folder)]
        for file, wrong in found:
            print(f"✗ {file}: {wrong.vi} · {wrong.en}" if wrong else f"✓ {file}")
        if not found:
            print("không có mẫu nào · no template")
        if any(wrong for _, wrong in found):
            raise typer.Exit(1)

    @app.command("examples")
    def examples(folder: Folder) -> None:
        """Write every example into a folder, as DOCX and PDF, by the templates in use."""
        makes = renderer(settings)
        for kind, example in EXAMPLES.items():
            for format in Format:
                file = folder / f"{kind}.{format}"
                file.write_bytes(makes.file("", example(), format).content)
                print(file)

    @app.command("again")
    def again() -> None:
        """Ask again for every paper that failed, once its template is mended."""
        documents.connect(settings.mongodb, settings.database)
        for tenant in Tenants.read(settings.tenants):
            with entered(Scope(tenant.slug, "operator")):
                for paper in run(request_failed_papers):
                    print(f"{tenant.slug}  {paper.id}  {paper.title}")
        documents.disconnect()

    return app
