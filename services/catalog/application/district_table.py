from datetime import date

from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork
from chassis.tenants import Tenants
from contracts.tenant import Purpose
from services.catalog.domain.district_table import DistrictTable, Report, tabulate
from services.catalog.domain.records import Record


def district_table(
    work: UnitOfWork, tenants: Tenants, report: Report, day: date | None
) -> DistrictTable:
    """The units within reach as of the day, or of the day of the report. A demonstration is
    never counted."""
    reach = work.scope.reach & tenants.of_purpose(Purpose.PRODUCTION)
    if not reach:
        raise NotFound(
            "Đơn vị dùng để thực hành không được thống kê.",
            "What a demonstration tenant does is counted nowhere.",
        )
    records = work.all(Record, tenant__in=sorted(reach))
    holding = {record.tenant for record in records}
    units = [
        unit
        for unit in tenants
        if unit.slug in reach and (unit.slug in holding or not tenants.children(unit.slug))
    ]
    return tabulate(records, units, report, day or report.source.reported_on)
