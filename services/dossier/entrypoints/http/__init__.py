from flask import Flask

from chassis.http.service import create_service
from chassis.settings import read
from chassis.tenants import Tenants
from services.dossier.domain.evidence import Room
from services.dossier.entrypoints.http.completeness import completeness
from services.dossier.entrypoints.http.dossiers import dossiers
from services.dossier.entrypoints.http.evidence import evidence
from services.dossier.entrypoints.http.forms import forms
from services.dossier.entrypoints.http.imports import imports
from services.dossier.entrypoints.http.packages import packages
from services.dossier.entrypoints.http.prediction import prediction
from services.dossier.entrypoints.http.producers import producers
from services.dossier.entrypoints.http.products import products
from services.dossier.entrypoints.http.proposed_changes import proposed_changes
from services.dossier.entrypoints.http.reviews import reviews
from services.dossier.entrypoints.http.rounds import rounds
from services.dossier.settings import Settings


def create_app() -> Flask:
    settings = read(Settings)
    tenants = Tenants.read(settings.tenants)
    return create_service(
        "dossier",
        Settings,
        [
            imports(tenants),
            producers,
            products,
            proposed_changes,
            evidence(Room(settings.producer_files, settings.producer_bytes)),
            rounds,
            forms,
            dossiers,
            packages,
            prediction,
            completeness,
            reviews,
        ],
    )
