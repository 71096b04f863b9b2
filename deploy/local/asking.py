"""Small HTTP questions to engines and processes on this machine."""

import json
from typing import Any

import urllib3

_pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=1, read=5))


def ask(url: str, method: str = "GET", body: Any = None, read: float = 5) -> tuple[int, Any]:
    """Status and decoded answer; (0, reason) where nobody answers. The URL may carry a password."""
    parts = urllib3.util.parse_url(url)
    headers = urllib3.make_headers(basic_auth=parts.auth) if parts.auth else {}
    try:
        answer = _pool.request(
            method,
            parts._replace(auth=None).url,
            headers={**headers, "Content-Type": "application/json"},
            body=None if body is None else json.dumps(body),
            timeout=urllib3.Timeout(connect=1, read=read),
        )
    except urllib3.exceptions.HTTPError as error:
        return 0, str(error)
    try:
        return answer.status, json.loads(answer.data) if answer.data else None
    except ValueError:
        return answer.status, answer.data.decode(errors="replace")
