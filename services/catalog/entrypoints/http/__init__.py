from flask import Flask

from chassis.http.service import create_service
from chassis.settings import read
from chassis.tenants import Tenants
from services.catalog.bootstrap import report, search_index
from services.catalog.entrypoints.http.cursors import Cursors
from services.catalog.entrypoints.http.district_table import district_tables
from services.catalog.entrypoints.http.products import products
from services.catalog.entrypoints.http.snapshot import snapshots
from services.catalog.entrypoints.http.suggestions import suggestions
from services.catalog.settings import Settings


def create_app() -> Flask:
    settings = read(Settings)
    tenants, index = Tenants.read(settings.tenants), search_index(settings)
    routes = [
        products(index, tenants, Cursors(settings.cursor_key)),
        suggestions(index.suggest),
        snapshots(tenants),
        district_tables(tenants, report()),
    ]
    return create_service("catalog", Settings, routes, {"elasticsearch": index.answers})
