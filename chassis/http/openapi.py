"""The service's description of itself, OpenAPI 3.1, at /openapi.json: from the routes' models, and
from what each route says of who may pass.
"""

import re
from typing import Any

from flask_openapi3 import OpenAPI
from pydantic import BaseModel, Field

from chassis.http.access import Access, access_of, public
from chassis.problems import MEDIA_TYPE

_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


KEY_HEADER = "Idempotency-Key"
KEY = r"[\x21-\x7e]{1,200}"
REPEATABLE = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Sent again with the same key, it is done once and the first answer is repeated"
    " for a day. 422: the key was sent with other contents; 409: in flight, or already done and"
    " the answer not kept.",
    "schema": {"type": "string", "pattern": f"^{KEY}$"},
}


class ProblemField(BaseModel):
    field: str = Field(description="the path in the body, dotted")
    vi: str
    en: str


class ProblemInOne(BaseModel):
    title: str
    detail: str


class ProblemBody(BaseModel):
    """RFC 9457, in Vietnamese, or in English where `Accept-Language` would rather have that; `en`
    and then `vi` say the same."""

    type: str = Field(description="stable, urn:ocop:problem:...")
    status: int
    title: str
    detail: str
    en: ProblemInOne
    vi: ProblemInOne | None = None
    errors: list[ProblemField] = []


def describe(app: OpenAPI) -> None:
    """To be called when all routes are declared."""
    found = document(app)

    @app.get("/openapi.json", doc_ui=False)
    @public()
    def openapi() -> dict[str, Any]:
        return found


def document(app: OpenAPI) -> dict[str, Any]:
    found = app.api_doc
    schemas = found["components"]["schemas"]
    del schemas["ValidationErrorModel"]
    problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"ProblemBody": problem}
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for rule in app.url_map.iter_rules():
        operations = found["paths"].get(_ARGUMENT.sub(r"{\1}", rule.rule), {})
        for method in {one.lower() for one in rule.methods or ()} & operations.keys():
            _complete(method, operations[method], access_of(app, rule.endpoint))
    return found


def _complete(method: str, operation: dict[str, Any], access: Access | None) -> None:
    del operation["responses"]["422"]
    operation["responses"]["4XX"] = {
        "description": "Refused",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
    }
    if access is not None and access.private:
        operation["security"] = [{"token": []}]
        operation["x-roles"] = ["any person"] if access.roles is None else sorted(access.roles)
        if method == "post":
            operation.setdefault("parameters", []).append(REPEATABLE)
