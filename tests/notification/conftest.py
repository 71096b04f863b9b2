from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.tenants import Tenants
from services.notification.adapters.mailer import Mailer
from tests.chassis.running import Process
from tests.notification.post import Moody, serving

SENDER = "ocop@ocop.example"


@pytest.fixture
def moody(tmp_path: Path) -> Moody:
    return Moody(tmp_path / "mail")


@pytest.fixture
def port(moody: Moody) -> Iterator[int]:
    with serving(moody) as port:
        yield port


@pytest.fixture
def mailer(port: int, tenants: Tenants) -> Mailer:
    return Mailer(f"smtp://127.0.0.1:{port}", SENDER, tenants)


@pytest.fixture
def told(port: int) -> dict[str, str]:
    """Notification's own settings."""
    return {"SMTP": f"smtp://127.0.0.1:{port}", "SENDER": SENDER}


@pytest.fixture
def process(
    engines: Any, database: Any, vhost: str, tenants_file: Path, tmp_path: Path,
    told: dict[str, str],
) -> Iterator[Callable[[str], Process]]:  # fmt: skip
    """Makes processes of notification, not yet started; what still runs is killed at the end."""
    made: list[Process] = []

    def make(kind: str, replica: str = "one") -> Process:
        made.append(
            Process(
                engines.mongodb, database.name, vhost, tenants_file, tmp_path / f"{kind}.log",
                kind=kind, replica=replica, module="services.notification", settings=told,
            )
        )  # fmt: skip
        return made[-1]

    yield make
    for one in made:
        if one.started and one.popen.poll() is None:
            one.kill()
