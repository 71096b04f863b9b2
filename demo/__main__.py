import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from urllib3.exceptions import HTTPError

from demo.platform import Platform, Refused, run
from demo.story import tell
from demo.telling import NotAsTold, Pace, console

OCOP = Path(__file__).parents[1] / "ocop"


def operate(*words: str) -> str:
    return run([str(OCOP), *words])


def main(
    gateway: Annotated[str, typer.Option()],
    portal: Annotated[str, typer.Option()],
    site: Annotated[Path, typer.Option(help="the folder of what runs")],
    unhurried: Annotated[bool, typer.Option(help="for when processes are killed")] = False,
) -> None:
    """Tell the story on a running platform; ends with 1 when something is not as told."""
    began = time.monotonic()
    if unhurried:
        Pace.slow_down()
    try:
        tell(Platform(gateway, portal, site, operate))
    except (NotAsTold, Refused) as error:
        console.print(f"  [red]✗[/red] {error}")
        sys.exit(1)
    except HTTPError:  # stopped while it is told
        console.print(
            "  [red]✗[/red] Nền tảng không trả lời · the platform does not answer: ./ocop run"
        )
        sys.exit(1)
    console.print(f"\n✓ {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    typer.run(main)
