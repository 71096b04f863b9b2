"""The portal as the process that it is."""

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.chassis.running import until
from tests.gateway.doors import Process, running
from tests.portal.stand_in import StandIn


def test_who_sends_slowly_keeps_nobody_out(
    gateway: StandIn, tenants_file: Path, tmp_path: Path
) -> None:
    told = {"GATEWAY": gateway.address, "TENANTS": str(tenants_file), "THREADS": "4"}
    portal = Process("portal", "OCOP_PORTAL", told | {"HEAD_S": "1"}, tmp_path / "portal.log")
    with running(portal), ExitStack() as slow:
        ones = [
            slow.enter_context(socket.create_connection(("127.0.0.1", portal.port), 20))
            for _ in range(50)
        ]
        for one in ones:
            one.sendall(b"GET / HTTP/1.1\r\nHost: door\r\nX-Slow: ")
        assert portal.ask("/").status == 200
        for one in ones:
            said = b"".join(iter(lambda one=one: one.recv(65536), b""))
            assert said.startswith(b"HTTP/1.1 408 ")
            assert "Gửi lên quá chậm" in said.decode()
        long = portal.ask(f"/?q={'x' * 10_000}")
        assert (long.status, long.headers["Content-Type"]) == (414, "text/html; charset=utf-8")
        assert "Địa chỉ quá dài" in long.data.decode()


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
