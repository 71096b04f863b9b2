"""supervisord watches a site's processes: its configuration, and how it is spoken to."""

import os
import shlex
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy.local.failure import Failure

HEAD = """\
[supervisord]
logfile = {folder}/logs/supervisord.log
pidfile = {folder}/supervisord.pid
childlogdir = {folder}/logs
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
PROGRAM = """
[program:{name}]
command = /bin/sh {script}
autorestart = true
startsecs = 1
startretries = 10
stopwaitsecs = 20
killasgroup = true
redirect_stderr = true
stdout_logfile = {folder}/logs/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 1
"""
SCRIPT = """\
#!/bin/sh
# One process as supervisord starts it; by hand, it runs in the foreground.
{exports}
exec setpriv --pdeathsig TERM {command}
"""


def configuration(folder: Path, socket: Path, names: list[str]) -> str:
    text = HEAD.format(folder=folder, socket=socket)
    for name in names:
        script = shlex.quote(str(folder / "processes" / name))
        text += PROGRAM.format(folder=folder, name=name, script=script)
    return text.replace("%", "%%")


def script(environment: Mapping[str, str], command: list[str]) -> str:
    """The environment stands here, not in the configuration, whose quoting cannot hold everything.

    The process must not outlive a supervisord that was killed: hence setpriv.
    """
    exports = "\n".join(f"export {name}={shlex.quote(environment[name])}" for name in environment)
    return SCRIPT.format(exports=exports, command=shlex.join(command))


def socket(folder: Path) -> Path:
    """In a short folder of this user's own: the path of a Unix socket is limited to 107 bytes."""
    private = Path(tempfile.gettempdir()) / f"ocop-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid() or private.stat().st_mode & 0o077:
        raise Failure(
            f"{private} không phải của riêng người dùng này.",
            f"{private} is not this user's alone.",
        )
    return private / f"{zlib.crc32(bytes(folder)):08x}.sock"


def control(socket: Path) -> Any:
    """supervisord's interface: getAllProcessInfo, stopAllProcesses, shutdown ..."""
    transport = SupervisorTransport(None, None, f"unix://{socket}")
    return ServerProxy("http://127.0.0.1", transport=transport).supervisor
