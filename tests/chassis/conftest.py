from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chassis.running import Process


@pytest.fixture
def lab(
    engines: Any, database: Any, vhost: str, tenants_file: Path, tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """Makes processes of the lab, not yet started; what still runs is killed at the end."""
    made: list[Process] = []

    def make(**options: Any) -> Process:
        made.append(
            Process(
                engines.mongodb, database.name, vhost, tenants_file, tmp_path / "log", **options
            )
        )
        return made[-1]

    yield make
    for process in made:
        if process.started and process.popen.poll() is None:
            process.kill()
