"""Which ports a part listens on: chosen once, remembered in a file beside what uses them."""

import json
import os
import random
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from deploy.local.failure import Failure

ANY = range(20000, 32000)  # below the range of outgoing connections


def free(port: int) -> bool:
    """Whether nothing listens there (a connection that lingers from before is no listener)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(preferred: int | None, taken: set[int]) -> int:
    """The preferred port if it is free, otherwise any: two that choose at the same time before
    either listens must not choose the same.

    Never port 0: those lie in the range of outgoing connections, and a client that keeps trying
    such a port on loopback while its server is down can end up connected to itself.
    """
    if preferred and preferred not in taken and free(preferred):
        return preferred
    while (port := random.choice(ANY)) in taken or not free(port):
        taken.add(port)
        if taken.issuperset(ANY):
            raise Failure("Không còn cổng nào trống.", "There is no free port left.")
    return port


def remembered(
    file: Path, preferred: Mapping[str, int | None], prescribed: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Ports by role: those of last time where nobody else took them since, others chosen anew.

    Called only while the parts are down; what runs is asked with `known`.
    """
    before = known(file)
    ports = dict(prescribed or {})
    for role, wanted in preferred.items():
        if role in ports:
            continue
        again = before.get(role)
        if again and again not in ports.values() and free(again):
            ports[role] = again
        else:
            ports[role] = choose(wanted, {*ports.values(), *before.values()})
    if ports != before:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


def known(file: Path) -> dict[str, int]:
    return json.loads(file.read_text()) if file.exists() else {}


def demanded(variable: str) -> int | None:
    """A port that somebody asked for in the environment: that one or none."""
    given = os.environ.get(variable)
    if not given:
        return None
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise Failure(
            f"{variable}={given} không phải là một cổng.", f"{variable}={given} is not a port."
        )
    return int(given)


def refuse_if_taken(variable: str, port: int) -> None:
    if not free(port):
        raise Failure(
            f"Cổng {port} ({variable}) đang được dùng bởi {holder(port)}.",
            f"Port {port} ({variable}) is taken by {holder(port)}.",
        )


def holder(port: int) -> str:
    """Who listens there, as far as this user may know."""
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        if listens and connection.pid:
            process = psutil.Process(connection.pid)
            return f"{process.name()} (pid {process.pid}, {process.username()})"
    return "another user's process"
