"""What can go wrong, by what is to be done about it."""

import socket
import ssl
from collections.abc import Iterator


class Refused(Exception):
    """Trying again will not help: somebody has to mend a setting, an account, a file."""


class Interrupted(Exception):
    """The platform is away or not well; the client tries again by itself."""


class Misdirected(Interrupted):
    """The address looks wrong. Before the first connection that is for somebody to mend; later it
    may be the network's name server, or the platform's certificate that is being renewed."""


class Gap(Exception):
    """What was missed is no longer in the stream: only a snapshot tells how things are now."""


def unreachable(what: str, address: str, error: BaseException) -> Interrupted:
    """Why there is no talking to that host and port, in words. `what`: the stream, the API."""
    for one in _causes(error):
        if isinstance(one, socket.gaierror) and one.errno != socket.EAI_AGAIN:
            return Misdirected(f"{what} {address}: không có máy tên này · no host of this name")
        if isinstance(one, ssl.SSLCertVerificationError):
            words = "chứng thư không tin được · its certificate is not trusted"
            return Misdirected(f"{what} {address}: {words}: {one.verify_message}")
        if isinstance(one, ssl.SSLError):
            words = f"không nói TLS ở cổng này · no TLS at this port: {one.reason}"
            return Misdirected(f"{what} {address}: {words}")
        if isinstance(one, ConnectionRefusedError):
            return Interrupted(f"{what} {address}: cổng không mở · nobody listens at this port")
    words = f"{type(error).__name__} {error}".strip()
    return Interrupted(f"{what} {address}: đang vắng · away: {words}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Itself and what it came of: libraries wrap it in arguments and attributes."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        kept = (*one.args, *vars(one).values(), one.__cause__, one.__context__)
        todo += [each for each in kept if isinstance(each, BaseException)]
