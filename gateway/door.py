"""From a request at the door to a call of the instance that keeps the tenant's records."""

import structlog
from flask import Request, Response, g
from werkzeug.datastructures import Headers

from chassis.http import addresses
from chassis.http.access import caller
from chassis.problems import NotFound, Unavailable
from chassis.tenants import Tenants
from chassis.tokens import GATEWAY, Caller, Signer
from chassis.trace import traceparent
from gateway.headers import inwards, outwards
from gateway.packing import PACKED, Packer, is_public, may_be_packed, name_packed
from gateway.passes import Passes
from gateway.rates import Rates
from gateway.room import PIECE, Kept, Room
from gateway.settings import Settings
from gateway.upstream import Answer, Upstream

log = structlog.get_logger(__name__)


class Door:
    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings, self._tenants = settings, tenants
        self._passes = Passes(Signer.read(GATEWAY, settings.key))
        self._rates = Rates(settings.rate)
        self._room, self._packer = Room(settings.room), Packer()
        self._upstreams = {
            name: Upstream(name, url, settings.connect_s, settings.answer_s, self._room)
            for name, url in settings.instances.items()
        }
        for instance in {one for tenant in tenants for one in tenant.routes.values()}:
            if instance not in self._upstreams:
                log.warning("instance_without_address", instance=instance)

    def count_address(self, request: Request) -> None:
        self._rates.count(self._client(request))

    def count_caller(self, who: Caller) -> None:
        self._rates.count(f"{who.issuer} {who.subject}")

    def answer(self, request: Request, tenant: str, service: str, target: str) -> Response:
        """Of the instance; packed, where it is public and the caller reads that."""
        answer = self.call(request, request.method, tenant, service, target)
        headers = Headers(outwards(answer.headers))
        if not is_public(headers):
            return passed_on(answer, headers)
        headers.add("Vary", "Accept-Encoding")
        if not request.accept_encodings.quality("gzip"):
            return passed_on(answer, headers)
        if answer.status == 304 and PACKED in request.headers.get("If-None-Match", ""):
            name_packed(headers)
        if not may_be_packed(answer, headers):
            return passed_on(answer, headers)
        if request.method == "HEAD":  # its length is that of what GET would say
            answer = self.call(request, "GET", tenant, service, target)
        try:
            packed = self._packer.packed(f"{service} {target}", answer, headers)
        finally:
            answer.close()
        return Response([packed], answer.status, headers)

    def call(self, request: Request, method: str, tenant: str, service: str, target: str) -> Answer:
        """`target`: path and query as the instance knows them. It is called when the body is here
        to its end."""
        instance = self._tenants.get(tenant).routes.get(service)
        if instance is None:
            raise NotFound("Không có dịch vụ này.", f"There is no service {service!r}.")
        if (upstream := self._upstreams.get(instance)) is None:
            log.error("instance_without_address", instance=instance)
            raise Unavailable(
                "Dịch vụ này chưa được đặt ở đâu cả.", "It is not known where this service runs."
            )
        given = inwards(request.headers) | self._own_headers(request, instance)
        if method in ("GET", "HEAD"):
            return upstream.call(method, target, given)
        body = Kept(iter(lambda: request.stream.read(PIECE), b""), self._room)
        try:
            given["Content-Length"] = str(body.length)
            return upstream.call(method, target, given, body)
        finally:
            body.close()

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


def passed_on(answer: Answer, headers: Headers) -> Response:
    """A list, as werkzeug would set the length of bytes, which for HEAD is not theirs."""
    body = [answer.body] if isinstance(answer.body, bytes) else answer.body
    response = Response(body, answer.status, headers)
    response.call_on_close(answer.close)
    return response
