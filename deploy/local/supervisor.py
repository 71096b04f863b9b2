"""supervisord watches a site's processes: its configuration, and how it is spoken to."""

import os
import shlex
import socket
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy, Transport

from deploy.local.failure import Failure

WRONG_SETTING = 78
"""What a process ends with whose environment is wrong (EX_CONFIG)."""

HEAD = """\
[supervisord]
logfile = logs/supervisord.log
pidfile = supervisord.pid
childlogdir = logs
nodaemon = true
silent = true
nocleanup = true
minfds = 1024
[unix_http_server]
file = {socket}
chmod = 0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
# With startsecs 0 it is started again once a second at most, for as long as it takes: an engine may
# be away for long. Only what cannot be mended by that ends it.
PROGRAM = """
[program:{name}]
command = /bin/sh processes/{name}
autorestart = unexpected
exitcodes = {final}
startsecs = 0
stopwaitsecs = 20
killasgroup = true
redirect_stderr = true
stdout_logfile = logs/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 1
"""
SCRIPT = """\
#!/bin/sh
# One process as supervisord starts it; by hand, it runs in the foreground.
{exports}
exec setpriv --pdeathsig TERM {command}
"""


def configuration(listening: Path, names: list[str]) -> str:
    """All paths but the socket's are relative to the site's folder, where supervisord is started:
    some settings are expanded once and some twice, so that no quoting would hold for all.
    """
    programs = [PROGRAM.format(name=name, final=WRONG_SETTING) for name in names]
    return HEAD.format(socket=str(listening).replace("%", "%%")) + "".join(programs)


def script(environment: Mapping[str, str], command: list[str]) -> str:
    """The environment stands here, not in the configuration, whose quoting cannot hold everything.

    The process must not outlive a supervisord that was killed: hence setpriv.
    """
    exports = "\n".join(f"export {name}={shlex.quote(environment[name])}" for name in environment)
    return SCRIPT.format(exports=exports, command=shlex.join(command))


def socket_path(folder: Path) -> Path:
    """In a short folder of this user's own: the path of a Unix socket is limited to 107 bytes."""
    private = Path(tempfile.gettempdir()) / f"ocop-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid() or private.stat().st_mode & 0o077:
        raise Failure(
            f"{private} không phải của riêng người dùng này.",
            f"{private} is not this user's alone.",
        )
    return private / f"{zlib.crc32(bytes(folder)):08x}.sock"


@contextmanager
def control(path: Path) -> Iterator[Any]:
    """supervisord's interface: getAllProcessInfo, stopAllProcesses, shutdown ..."""
    with ServerProxy("http://localhost", transport=_Transport(path)) as server:
        yield server.supervisor


class _Transport(Transport):
    """supervisor's own leaves its connection open."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._connection: tuple[Any, HTTPConnection | None] = (None, None)

    def make_connection(self, host: Any) -> HTTPConnection:
        connection = self._connection[1] or _UnixConnection(self._path)
        self._connection = host, connection
        return connection


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
