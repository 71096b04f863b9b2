from flask import Flask

import services.evaluation.bootstrap  # noqa: F401
from chassis.http.service import create_service
from services.evaluation.entrypoints.http.certificates import certificates
from services.evaluation.settings import Settings


def create_app() -> Flask:
    return create_service("evaluation", Settings, [certificates])
