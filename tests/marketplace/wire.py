"""A wire to the broker that a test can cut, for the engine is not ours to stop."""

import contextlib
import socket
import socketserver
import threading


class Wire(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, broker: tuple[str, int], port: int) -> None:
        self.broker = broker
        self.ends: list[socket.socket] = []
        super().__init__(("127.0.0.1", port), _Carrier)
        threading.Thread(target=self.serve_forever, args=[0.05]).start()

    def cut(self) -> None:
        self.shutdown()
        self.server_close()
        for end in self.ends:
            _shut(end)


class _Carrier(socketserver.BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        with socket.create_connection(self.server.broker) as far:
            self.server.ends += (self.request, far)
            back = threading.Thread(target=_carry, args=[far, self.request])
            back.start()
            _carry(self.request, far)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):  # cut
        while chunk := source.recv(65536):
            target.sendall(chunk)
    _shut(source)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        end.shutdown(socket.SHUT_RDWR)
