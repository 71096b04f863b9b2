"""The doors that operators and Kubernetes ask, as plain WSGI, for processes without Flask."""

import json
from collections.abc import Callable, Iterable
from typing import Any

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def health_app(ready: Callable[[], dict[str, bool]], metrics: WSGI) -> WSGI:
    """/health/live, /health/ready and /metrics. `ready` names each check and whether it holds."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return metrics(environ, start)
            case "/health/live":
                return answer(start, "200 OK", {"live": True})
            case "/health/ready":
                checks = ready()
                well = all(checks.values())
                status = "200 OK" if well else "503 Service Unavailable"
                return answer(start, status, {"ready": well, "checks": checks})
        return answer(start, "404 Not Found", {})

    def answer(start: Callable[..., Any], status: str, body: dict[str, Any]) -> Iterable[bytes]:
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    return app
