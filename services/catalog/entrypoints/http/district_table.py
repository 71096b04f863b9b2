from datetime import date
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import Field

from chassis.http.access import allowed
from chassis.http.app import Query, TenantPath, blueprint
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from chassis.tokens import Role
from services.catalog.application.district_table import district_table
from services.catalog.domain.district_table import DistrictTable, Report


class AsOf(Query):
    as_of: date | None = Field(None, description="the report's own day when left out")


def district_tables(tenants: Tenants, report: Report) -> APIBlueprint:
    routes = blueprint("district-table", __name__)

    @routes.get("", responses={200: DistrictTable})
    @allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
    def read(path: TenantPath, query: AsOf) -> dict[str, Any]:
        """The ranks of each unit's products as of a day, counted, beside what was reported."""
        return run(district_table, tenants, report, query.as_of).model_dump(mode="json")

    return routes
