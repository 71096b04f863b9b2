from flask import Flask

from chassis.http.service import create_service
from chassis.settings import read
from chassis.tenants import Tenants
from services.dossier.entrypoints.http.evidence import evidence
from services.dossier.entrypoints.http.imports import imports
from services.dossier.entrypoints.http.producers import producers
from services.dossier.entrypoints.http.products import products
from services.dossier.settings import Settings


def create_app() -> Flask:
    tenants = Tenants.read(read(Settings).tenants)
    return create_service("dossier", Settings, [imports(tenants), producers, products, evidence])
