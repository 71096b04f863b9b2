from functools import partial
from urllib.parse import urlencode

from flask import Flask

from chassis.http.service import create_service
from chassis.settings import read
from chassis.tenants import Tenants
from services.evaluation.application.certificates import Sealing
from services.evaluation.bootstrap import Seal
from services.evaluation.entrypoints.http.certificates import certificates, checks, keys
from services.evaluation.entrypoints.http.councils import councils
from services.evaluation.entrypoints.http.decisions import decisions
from services.evaluation.entrypoints.http.higher_results import higher_results
from services.evaluation.entrypoints.http.packages import packages
from services.evaluation.entrypoints.http.papers import papers
from services.evaluation.entrypoints.http.results import results
from services.evaluation.entrypoints.http.rounds import rounds
from services.evaluation.entrypoints.http.scorings import scorings
from services.evaluation.entrypoints.http.sessions import sessions
from services.evaluation.entrypoints.http.sheets import sheets
from services.evaluation.settings import Settings


def create_app() -> Flask:
    settings = read(Settings)
    tenants = Tenants.read(settings.tenants)
    seal = Seal.read(settings.certificate_key, settings.former_certificate_keys)
    sealing = Sealing(seal.sign, known_as(settings), partial(check_address, settings))
    routes = [
        rounds, councils(tenants), packages, sessions(tenants), sheets, scorings, results,
        decisions(tenants, sealing), higher_results(tenants, sealing), certificates,
        checks(seal), keys(seal), papers,
    ]  # fmt: skip
    return create_service("evaluation", Settings, routes)


def check_address(settings: Settings, tenant: str, number: str) -> str:
    """Where anybody checks a certificate: a page for people, where there is one."""
    query = urlencode({"number": number})
    if settings.public_portal:
        return f"{settings.public_portal}/t/{tenant}/giay-chung-nhan?{query}"
    return f"{known_as(settings)}/t/{tenant}/evaluation/v1/certificate-checks?{query}"


def known_as(settings: Settings) -> str:
    """The platform's door, to the public."""
    return settings.public_gateway or settings.gateway
