from flask import Flask

import services.evaluation.bootstrap  # noqa: F401
from chassis.http.service import create_service
from chassis.settings import read
from chassis.tenants import Tenants
from services.evaluation.entrypoints.http.certificates import certificates
from services.evaluation.entrypoints.http.councils import councils
from services.evaluation.entrypoints.http.packages import packages
from services.evaluation.entrypoints.http.papers import papers
from services.evaluation.entrypoints.http.rounds import rounds
from services.evaluation.settings import Settings


def create_app() -> Flask:
    tenants = Tenants.read(read(Settings).tenants)
    routes = [certificates, rounds, councils(tenants), packages, papers]
    return create_service("evaluation", Settings, routes)
