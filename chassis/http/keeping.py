"""What may be kept of an answer, and who may read it.

What is public says so (`Cache-Control: public`): anybody between may keep it, the gateway may pack
it, a page of any site may read it. It is asked for anew each time all the same, since what was
annulled is annulled at once; the ETag makes that cheap. What is private is its reader's alone, and
is never packed: packed beside what an attacker chooses, its length would tell of it (BREACH).
"""

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from chassis.http.access import access_of

READING = ("GET", "HEAD")
READERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Language, ETag, Retry-After, X-Request-Id",
}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": ", ".join(READING),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


def keep(app: Flask) -> None:
    """To be called after `trace`, which so counts what is answered in the end."""

    @app.after_request
    def kept(response: Response) -> Response:
        access = g.get("access")
        if access is None or not access.shared or request.method not in READING:
            return response
        if not access.private:
            response.headers.update(READERS)
        if response.status_code == 200:
            _name(response, private=access.private)
            if _has_it(response):
                response.status_code = 304
                response.set_data(b"")
                del response.headers["Content-Length"]
        return response


def _name(response: Response, *, private: bool) -> None:
    """Of what is public also a name by its content, where it has none."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = f"{'private' if private else 'public'}, no-cache"
    if not private:
        response.headers.setdefault("Accept-Ranges", "none")
        if not response.is_streamed:
            response.add_etag()


def _has_it(response: Response) -> bool:
    tag, _ = response.get_etag()
    return tag is not None and request.if_none_match.contains_weak(tag)


def preflight(response: Response) -> None:
    """Whether a page of another site may read what is at this address, beside what is allowed."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(method="GET")
    except HTTPException:
        return
    access = access_of(current_app, endpoint)
    if access is not None and access.shared and not access.private:
        response.headers.update(PREFLIGHT)
