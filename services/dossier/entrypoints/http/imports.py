from datetime import date, datetime
from typing import Any, Literal

from flask import Response, current_app, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from chassis.http.access import allowed, tenant
from chassis.http.app import AskedId, Page, Query, TenantPath, answer, blueprint
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from chassis.tokens import Role
from contracts.dossier import Potential, Star
from contracts.text import Paragraph, Said
from services.dossier.application.imports import (
    Report,
    check,
    import_products,
    report_of,
    withdraw_import,
)
from services.dossier.bootstrap import (
    ASSIGNED_SETS,
    CSV,
    XLSX,
    gazetteer,
    template,
    written,
)
from services.dossier.domain.imports import Import, Message, Outcome, State
from services.dossier.domain.sheets import Sheet
from services.dossier.entrypoints.http.lists import FORM, read_submission
from services.dossier.entrypoints.http.producers import Proposal
from services.dossier.problems import WrongRows


class DryRun(Query):
    dry_run: bool = False


class ImportPath(TenantPath):
    id: AskedId


class ImportPage(Page):
    limit: int = Field(20, ge=1, le=20)


class Format(Query):
    format: Literal["csv", "xlsx"] = "xlsx"


class Reason(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Paragraph


class Counts(BaseModel):
    rows: int
    new: int
    same: int
    differs: int
    wrong: int


class Withdrawn(BaseModel):
    at: datetime
    by: str
    reason: str


class ImportSummary(BaseModel):
    """`id` null: nothing was recorded."""

    id: str | None
    file: str
    sha256: str
    reported_on: date
    source: str
    at: datetime
    by: str
    counts: Counts
    withdrawal: Withdrawn | None

    @classmethod
    def of(cls, one: Import) -> "ImportSummary":
        counts = {outcome.value: one.count(outcome) for outcome in Outcome}
        return cls(
            id=one.id if one.version else None,
            counts=Counts(rows=len(one.rows), **counts),
            **one.model_dump(
                include={"file", "sha256", "reported_on", "source", "at", "by", "withdrawal"}
            ),
        )


class CheckedRow(BaseModel):
    """`row`: the sheet's own number. `product_id`: null until it is in the register."""

    row: int
    outcome: Outcome
    product: str
    producer: str
    address: str
    district: str | None
    star: Star | None
    potential: Potential | None
    messages: list[Message]
    product_id: str | None
    state: State


class ImportReport(ImportSummary):
    """`pending`: rows whose certificate is not registered yet."""

    dry_run: bool
    pending: int
    notes: list[Said]
    rows: list[CheckedRow]
    proposals: list[Proposal]

    @classmethod
    def reporting(cls, report: Report, *, dry_run: bool = False) -> "ImportReport":
        record = report.record
        rows = [
            CheckedRow(
                **row.model_dump(exclude={"award_id", "product_id"}),
                product_id=row.product_id if _stands(row.outcome, record) else None,
                state=state,
            )
            for row, state in zip(record.rows, report.states, strict=True)
        ]
        return cls(
            **ImportSummary.of(record).model_dump(),
            dry_run=dry_run,
            pending=report.pending,
            notes=[Said(vi=one.vi, en=one.en) for one in record.notes],
            rows=rows,
            proposals=[Proposal.of(one) for one in report.proposals],
        )


class Imports(BaseModel):
    items: list[ImportSummary]
    after: str | None


def imports(tenants: Tenants) -> APIBlueprint:
    routes = blueprint("imports", __name__)

    @routes.post("", responses={200: ImportReport, 201: ImportReport}, openapi_extensions=FORM)
    @allowed(Role.ADMINISTRATOR, below=True)
    def take(path: TenantPath, query: DryRun) -> Response:
        """Check a list of products (CSV or XLSX), and import it when it is no dry run.

        All rows or none. Accept text/csv or the XLSX type: the same sheet, with what to mend.
        """
        submission = read_submission(request)
        use_case = check if query.dry_run else import_products
        try:
            report = run(use_case, submission, gazetteer(tenants, str(tenant)), ASSIGNED_SETS)
        except WrongRows as wrong:
            return _refused(wrong, submission.sheet)
        status = 201 if report.record.version else 200
        return _answer(report, submission.sheet, status, dry_run=query.dry_run)

    @routes.get("", responses={200: Imports})
    @allowed(Role.ADMINISTRATOR, below=True)
    def list_all(path: TenantPath, query: ImportPage) -> dict[str, Any]:
        """The imports of the tenant and of those below it, the last one first."""
        found = run(UnitOfWork.page, Import, after=query.after, limit=query.limit, last=True)
        items = [ImportSummary.of(one) for one in found]
        return Imports(items=items, after=query.next_after(found)).model_dump(mode="json")

    @routes.get("/template")
    @allowed(Role.ADMINISTRATOR, below=True)
    def give_template(path: TenantPath, query: Format) -> Response:
        """An empty list with its headings, examples and how to fill it in."""
        media = CSV if query.format == "csv" else XLSX
        return _file(template(media), media, f"mau-danh-sach.{query.format}")

    @routes.get("/<id>", responses={200: ImportReport})
    @allowed(Role.ADMINISTRATOR, below=True)
    def read(path: ImportPath) -> dict[str, Any]:
        """The report as it was written, with how far each row has come."""
        return ImportReport.reporting(run(report_of, path.id)).model_dump(mode="json")

    @routes.post("/<id>/withdrawal", responses={200: ImportReport})
    @allowed(Role.ADMINISTRATOR, below=True)
    def withdraw(path: ImportPath, body: Reason) -> dict[str, Any]:
        """Take a wrong import back, its certificates with it."""
        report = run(withdraw_import, path.id, body.reason)
        return ImportReport.reporting(report).model_dump(mode="json")

    return routes


def _stands(outcome: Outcome, record: Import) -> bool:
    """Whether the row's product is in the register: a new one only once it was recorded."""
    return outcome is not Outcome.NEW or record.version > 0


def _answer(report: Report, sheet: Sheet, status: int, *, dry_run: bool) -> Response:
    if media := _wanted_sheet():
        return _mended(report, sheet, media, status)
    body = ImportReport.reporting(report, dry_run=dry_run).model_dump(mode="json")
    return _json(body, status)


def _refused(wrong: WrongRows, sheet: Sheet) -> Response:
    """The problem with its report; or the sheet, which says the same."""
    if media := _wanted_sheet():
        return _mended(wrong.report, sheet, media, wrong.status)
    report = ImportReport.reporting(wrong.report).model_dump(mode="json")
    return answer(wrong, report=report)


def _json(body: dict[str, Any], status: int) -> Response:
    return current_app.response_class(
        current_app.json.dumps(body), status, content_type="application/json"
    )


def _wanted_sheet() -> str | None:
    best = request.accept_mimetypes.best_match(["application/json", CSV, XLSX])
    return best if best in (CSV, XLSX) else None


def _mended(report: Report, sheet: Sheet, media: str, status: int) -> Response:
    said = {row.row: _said(row.messages) for row in report.record.rows if row.messages}
    response = _file(written(sheet, said, media), media, f"ket-qua{_suffix(media)}")
    response.status_code = status
    return response


def _said(messages: tuple[Message, ...]) -> str:
    return " ".join(
        f"{'SAI' if one.level == 'wrong' else 'Lưu ý'}: {one.vi} / {one.en}" for one in messages
    )


def _suffix(media: str) -> str:
    return ".csv" if media == CSV else ".xlsx"


def _file(content: bytes, media: str, name: str) -> Response:
    kind = f"{media}; charset=utf-8" if media == CSV else media
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return current_app.response_class(content, content_type=kind, headers=disposition)
