from flask import Flask

import services.notification.bootstrap  # noqa: F401  its documents
from chassis.http.service import create_service
from services.notification.entrypoints.http.messages import messages
from services.notification.settings import Settings


def create_app() -> Flask:
    return create_service("notification", Settings, [messages])
