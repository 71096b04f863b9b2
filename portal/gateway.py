"""The gateway, as the pages ask it for what everybody may see."""

import json
from collections.abc import Iterable

import structlog
from urllib3 import BaseHTTPResponse, Retry, Timeout, connection_from_url
from urllib3.exceptions import HTTPError

from chassis.problems import (
    FieldProblem,
    NotFound,
    Problem,
    TooMany,
    Unavailable,
    Unprocessable,
)
from chassis.trace import traceparent
from portal.problems import NoLongerListed, PageEnded

log = structlog.get_logger(__name__)
REFUSALS: dict[int, type[Problem]] = {one.status: one for one in (NotFound, TooMany, Unprocessable)}
MORE_EXACTLY: dict[str, type[Problem]] = {
    "urn:ocop:problem:not-listed": NoLongerListed,
    "urn:ocop:problem:cursor-ended": PageEnded,
}


class Gateway:
    def __init__(self, gateway: str, *, connect_s: float, answer_s: float, threads: int) -> None:
        self._pool = connection_from_url(
            gateway,
            maxsize=threads,
            timeout=Timeout(connect=connect_s, read=answer_s),
            # once more, for the idle connection that the gateway has closed
            retries=Retry(total=1, connect=0, redirect=0),
        )

    def get(self, path: str, query: Iterable[tuple[str, str]], client: str) -> bytes:
        """`client`: the address of whoever looks at the page, for whom the gateway counts it."""
        headers = {"Accept": "application/json", "X-Forwarded-For": client}
        if trace := traceparent():
            headers["traceparent"] = trace
        try:
            answer = self._pool.request("GET", f"/t/{path}", fields=list(query), headers=headers)
        except HTTPError as error:
            log.warning("gateway_away", error=repr(error))
            raise Unavailable(
                "Hệ thống tra cứu đang tạm ngừng.", "The search is away for the moment."
            ) from error
        if answer.status != 200:
            raise _refusal(answer)
        return answer.data


def _refusal(answer: BaseHTTPResponse) -> Problem:
    """What the gateway or a service says, in its own words."""
    if answer.status >= 500:
        log.warning(
            "gateway_failed", status=answer.status, said=answer.data[:500].decode("latin-1")
        )
        return Unavailable("Hệ thống tra cứu đang gặp lỗi.", "The search has a fault.")
    said = json.loads(answer.data)
    kind = REFUSALS.get(answer.status, Problem)
    kind = MORE_EXACTLY.get(said["type"], kind)
    fields = [FieldProblem(**one) for one in said.get("errors", [])]
    return kind(said["detail"], said["en"]["detail"], fields)
