"""Small questions to engines and processes on this machine; the standard library is enough."""

import json
import socket
from base64 import b64encode
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import unquote, urlsplit


def ask(url: str, method: str = "GET", body: Any = None, read: float = 5) -> tuple[int, Any]:
    """Status and decoded answer; (0, reason) where nobody answers. The URL may carry a password."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=read)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, target, content, headers)
        answer = connection.getresponse()
        data = answer.read()
    except (OSError, HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return answer.status, _decoded(data)


def greets(port: int, word: str, seconds: float = 2) -> bool:
    """Whether who listens there begins by saying that."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as connection:
            return connection.recv(len(word)).decode(errors="replace") == word
    except OSError:
        return False


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode(errors="replace")
