from typing import Any


def problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    """The problem that an answer is, in both languages."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert (body["type"], body["status"]) == (f"urn:ocop:problem:{slug}", status)
    words = [body["title"], body["detail"], body["en"]["title"], body["en"]["detail"]]
    assert all(words), words
    assert len(set(words)) == 4, "each language has its own words"
    return body
