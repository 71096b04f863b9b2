"""The platform as a marketplace meets it: a real stream, and an API that gives snapshots.

`commit` counts and keeps, as the catalogue's transaction does; `relay` publishes what was
committed. A snapshot is exact at its sequence, and may be ahead of what the stream has.
"""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kombu import Connection

from chassis.broker.publisher import EVENT, Outgoing, Publisher
from chassis.broker.topology import declare_streams
from contracts.catalog import Listing, ListingChanged
from contracts.event import Envelope


def listing(number: int, tenant: str = "tri-ton", **changed: Any) -> Listing:
    made = ListingChanged.example["listing"] | {
        "id": str(uuid5(NAMESPACE_URL, f"product {number}")),
        "name": f"Đường thốt nốt {number}",
        "place": {
            "address": "xã Mẫu, huyện Mẫu",
            "tenant": tenant,
            "unit": "Huyện Mẫu",
            "province": "an-giang" if tenant in ("tri-ton", "tinh-bien") else "ca-mau",
        },
    }
    return Listing.model_validate(made | changed)


class Platform:
    def __init__(self, address: str, stream: str = "catalog.public") -> None:
        self.address, self.stream, self.sequence = address, stream, 0
        self.listings: dict[str, Listing] = {}
        self.snapshots = 0
        self.open_ended = False
        self.break_off_after: int | None = None  # lines of a snapshot
        self.counting = True
        self._lock = threading.Lock()
        self._unsent: list[Envelope] = []
        self._sent: list[Envelope] = []
        self._publisher = Publisher(address)

    def commit(self, *listings: Listing) -> None:
        with self._lock:
            for one in listings:
                self.sequence += 1
                told = ListingChanged(sequence=self.sequence, listing=one)
                self.listings[one.id] = one
                self._unsent.append(
                    Envelope.of(
                        told,
                        subject=one.id,
                        tenant=one.place.tenant,
                        version=one.revision,
                        at=datetime.now(UTC),
                    )
                )

    def relay(self, *, again: int = 0) -> None:
        """`again`: begin so many events earlier, like a relay that was killed before it marked."""
        fresh = self.unsent()
        batch = [*self._sent[-again:], *fresh] if again else fresh
        self._sent += fresh
        self.publish(*(one.encoded() for one in batch))

    def unsent(self) -> list[Envelope]:
        """What was committed and not published; it never will be, but by whoever asked."""
        with self._lock:
            fresh, self._unsent = self._unsent, []
        return fresh

    def tell(self, *listings: Listing) -> None:
        self.commit(*listings)
        self.relay()

    def publish(self, *bodies: str) -> None:
        for begin in range(0, len(bodies), 200):
            window = bodies[begin : begin + 200]
            refused = self._publisher.publish([
                Outgoing("", self.stream, body, EVENT | {"message_id": str(number)})
                for number, body in enumerate(window)
            ])  # fmt: skip
            assert refused == set()

    def lines(self, tenant: str) -> list[str]:
        """The snapshot of a tenant: what is listed no more is in it too."""
        with self._lock:
            self.snapshots += 1
            listings = self._of(tenant)
            head = {"stream": self.stream, "sequence": self.sequence}
            if self.counting:
                head |= {"count": len(listings)}
            return [json.dumps(head), *(one.model_dump_json(exclude_none=True) for one in listings)]

    def listed(self, tenant: str) -> dict[str, Any]:
        """What a client that has caught up must know."""
        with self._lock:
            return {
                one.id: one.model_dump(mode="json", exclude_none=True)
                for one in self._of(tenant)
                if one.listed
            }

    def _of(self, tenant: str) -> list[Listing]:
        return [
            one
            for one in self.listings.values()
            if tenant in (one.place.tenant, one.place.province)
        ]

    def remake(self) -> None:
        """The stream is deleted, and made anew: empty."""
        with Connection(self.address) as connection:
            connection.default_channel.queue_delete(self.stream)
        declare_streams(self.address)

    def close(self) -> None:
        self._publisher.close()


def serving(platform: Platform, port: int = 0) -> ThreadingHTTPServer:
    """Not started yet. Unknown tenants are a 404 problem, as at the gateway."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _, t, tenant, *rest = self.path.split("/")
            if (t, rest) != ("t", ["catalog", "v1", "snapshot"]) or tenant == "nobody":
                problem = '{"title": "Không tìm thấy", "status": 404}'.encode()
                self.send_response(404)
                self.send_header("Content-Length", str(len(problem)))
                self.end_headers()
                self.wfile.write(problem)
                return
            lines = platform.lines(tenant)
            self.send_response(200)
            if platform.open_ended:  # as HTTP/1.0 ends: by the end of the connection
                self.end_headers()
                self.wfile.write("\n".join(lines[: platform.break_off_after]).encode())
                self.close_connection = True
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for line in lines[: platform.break_off_after]:
                chunk = line.encode() + b"\n"
                self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            if platform.break_off_after:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that was killed, or read the first line alone, is no error."""

    return Server(("127.0.0.1", port), Door)
