"""The portal as the process that it is."""

import threading
from pathlib import Path

from tests.chassis.running import until
from tests.gateway.doors import Process, running
from tests.portal.stand_in import StandIn


def test_several_pages_are_made_at_once(
    gateway: StandIn, tenants_file: Path, tmp_path: Path
) -> None:
    told = {"GATEWAY": gateway.address, "TENANTS": str(tenants_file), "THREADS": "4"}
    portal = Process("portal", "OCOP_PORTAL", told, tmp_path / "portal.log")
    answers: list[int] = []

    def look() -> None:
        answers.append(portal.ask("/").status)

    with running(portal):
        gateway.go_on.clear()
        looking = [threading.Thread(target=look) for _ in range(3)]
        for one in looking:
            one.start()
        until(lambda: len(gateway.callers) == 3)
        gateway.go_on.set()
        for one in looking:
            one.join()
    assert answers == [200] * 3
