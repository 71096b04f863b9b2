"""The http process of a service with records of its own."""

from collections.abc import Callable, Sequence

import structlog
from flask import Flask, Response
from flask_openapi3.blueprint import APIBlueprint
from mongoengine.connection import get_db
from pymongo.errors import ConnectionFailure, PyMongoError

from chassis import log
from chassis.http.app import answer, create
from chassis.http.repeats import answer_repeats
from chassis.problems import Unavailable
from chassis.settings import ServiceSettings, read
from chassis.store import documents
from chassis.tokens import Verifier

logger = structlog.get_logger(__name__)


def create_service(
    name: str,
    kind: type[ServiceSettings],
    blueprints: Sequence[APIBlueprint],
    checks: dict[str, Callable[[], bool]] | None = None,
) -> Flask:
    settings = read(kind)
    log.configure(name, settings)
    documents.connect(
        settings.mongodb, settings.database,
        serverSelectionTimeoutMS=3000, maxPoolSize=settings.threads + 4,
    )  # fmt: skip
    verifier = Verifier.read(settings.issuers, settings.instance)
    app = create(
        name, settings, verifier=verifier, blueprints=blueprints,
        checks={"mongodb": store_answers} | (checks or {}),
    )  # fmt: skip
    answer_repeats(app)
    app.register_error_handler(ConnectionFailure, store_away)
    return app


def store_away(error: ConnectionFailure) -> Response:
    logger.error("store_away", error=repr(error))
    return answer(Unavailable("Kho dữ liệu tạm thời không phản hồi.", "The store does not answer."))


def store_answers() -> bool:
    try:
        get_db().command("ping")
    except PyMongoError as error:
        logger.warning("mongodb_away", error=repr(error))
        return False
    return True
