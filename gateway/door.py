"""From a request at the door to a call of the instance that keeps the tenant's records."""

from typing import IO

import structlog
from flask import Request, Response, g
from gevent import Timeout

from chassis.http.access import caller
from chassis.problems import NotFound, Unavailable
from chassis.tenants import Tenants
from chassis.tokens import GATEWAY, Signer
from chassis.trace import traceparent
from gateway import addresses, headers
from gateway.passes import Passes
from gateway.problems import Slow
from gateway.rates import Rates
from gateway.settings import Settings
from gateway.upstream import Answer, Upstream

log = structlog.get_logger(__name__)
PIECE = 65_536


class Door:
    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings, self._tenants = settings, tenants
        self._passes = Passes(Signer.read(GATEWAY, settings.key))
        self._rates = Rates(settings.rate)
        self._upstreams = {
            name: Upstream(name, url, settings.connect_s, settings.answer_s)
            for name, url in settings.instances.items()
        }
        for instance in {one for tenant in tenants for one in tenant.routes.values()}:
            if instance not in self._upstreams:
                log.warning("instance_without_address", instance=instance)

    def count(self, request: Request) -> None:
        who = caller()
        self._rates.count(f"{who.issuer} {who.subject}" if who else self._client(request))

    def call(self, request: Request, tenant: str, service: str, target: str) -> Answer:
        """`target`: path and query as the instance knows them."""
        instance = self._tenants.get(tenant).routes.get(service)
        if instance is None:
            raise NotFound("Không có dịch vụ này.", f"There is no service {service!r}.")
        if (upstream := self._upstreams.get(instance)) is None:
            log.error("instance_without_address", instance=instance)
            raise Unavailable(
                "Dịch vụ này chưa được đặt ở đâu cả.", "It is not known where this service runs."
            )
        given = headers.inwards(request.headers) | self._own_headers(request, instance)
        if request.method in ("GET", "HEAD"):
            return upstream.call(request.method, target, given)
        body = request.stream  # too large: refused before anybody is called
        if request.content_length is not None:
            given["Content-Length"] = str(request.content_length)
        pieces = iter(lambda: self._piece(body), b"")
        return upstream.call(request.method, target, given, pieces)

    def _own_headers(self, request: Request, instance: str) -> dict[str, str]:
        own = {
            "X-Request-Id": g.request_id,
            "X-Forwarded-For": self._client(request),
            "X-Forwarded-Host": self._forwarded(request, "X-Forwarded-Host") or request.host,
            "X-Forwarded-Proto": self._forwarded(request, "X-Forwarded-Proto") or request.scheme,
        }
        if trace := traceparent():
            own["traceparent"] = trace
        if who := caller():
            own["Authorization"] = f"Bearer {self._passes.of(who, instance)}"
        return own

    def _client(self, request: Request) -> str:
        forwarded = request.headers.get("X-Forwarded-For", "")
        return addresses.client(request.remote_addr or "", forwarded, self._settings.forwarders)

    def _forwarded(self, request: Request, header: str) -> str:
        """What a forwarder says; nothing of anybody else."""
        peer = request.remote_addr or ""
        if addresses.believed(peer, self._settings.forwarders):
            return request.headers.get(header, "")
        return ""

    def _piece(self, stream: IO[bytes]) -> bytes:
        slow = Slow("Gửi lên quá chậm. Mời thử lại.", "Sent too slowly. Please try again.")
        with Timeout(self._settings.answer_s, slow):
            return stream.read(PIECE)


def answered(answer: Answer) -> Response:
    response = Response(
        answer.body, answer.status, headers.outwards(answer.headers), direct_passthrough=True
    )
    response.call_on_close(answer.close)
    return response
