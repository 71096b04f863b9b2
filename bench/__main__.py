import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bench import chain, footprint, judging, papers, search, searchable, use_case
from bench.measuring import Figure, console
from bench.stage import addresses, staged


def main(
    gateway: Annotated[str, typer.Option(hidden=True)] = "",
    site: Annotated[str, typer.Option(hidden=True)] = "",
    only: Annotated[str, typer.Option(help="search, papers, judging")] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the figures there")
    ] = None,
) -> None:
    """Measure a platform of its own on the running engines, against the bare engines."""
    figures = []
    for figure in measured(only):
        console.print(figure.told())
        figures.append(figure.as_json())
    if json_file:
        json_file.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")


def measured(only: str) -> Iterator[Figure]:
    if not only:
        yield from use_case.measured(addresses())
    with tempfile.TemporaryDirectory() as folder, staged(Path(folder)) as stage:
        match only:
            case "search":
                yield from search.measured(stage, already=0)
            case "papers":
                yield from papers.measured(stage)
            case "judging":
                yield from judging.measured(stage)
            case _:
                yield from footprint.measured(stage)
                yield from searchable.measured(stage)
                yield from chain.measured(stage)
                yield from search.measured(stage, already=chain.PRODUCTS)
                yield from judging.measured(stage)
                yield from papers.measured(stage)


if __name__ == "__main__":
    typer.run(main)
