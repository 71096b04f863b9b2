"""./ocop import: a client of the gateway like any other, as the tenant's administrator.

A dry run first, always: what it says is shown before anything is written.
"""

import json
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from rich.table import Table

from deploy.local import operating
from deploy.local.failure import Failure
from deploy.local.screen import console, errors, tell
from deploy.local.waiting import until

SHEETS = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PATIENCE = 300  # seconds until the last certificate is registered


@dataclass(frozen=True)
class Door:
    """The tenant's imports, behind the gateway."""

    url: str
    token: str

    def post(self, file: Path, *, dry_run: bool, accept: str) -> urllib3.BaseHTTPResponse:
        kind = SHEETS.get(file.suffix.lower(), "application/octet-stream")
        query = f"?dry_run={str(dry_run).lower()}"
        return self._ask(
            "POST", query, accept, fields={"file": (file.name, file.read_bytes(), kind)}
        )

    def get(self, import_id: str) -> Any:
        return json.loads(self._ask("GET", f"/{import_id}", "application/json").data)

    def _ask(self, method: str, rest: str, accept: str, **more: Any) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        timeout = urllib3.Timeout(connect=5, read=120)
        answer = urllib3.request(
            method, self.url + rest, headers=headers, timeout=timeout, retries=False, **more
        )
        if answer.status >= 400:
            show_problem(answer)
            sys.exit(1)
        return answer


def import_file(file: Path, tenant: str, *, dry_run: bool, report: Path | None) -> None:
    site = operating.running_site()
    token = operating.token(tenant, ["administrator"], "ocop-operator", "1h")
    door = Door(f"{site.url('gateway')}/t/{tenant}/dossier/v1/imports", token)
    tell("Chạy thử, chưa ghi gì", "a dry run, nothing is written")
    show(json.loads(door.post(file, dry_run=True, accept="application/json").data))
    if report:
        save_report(door, file, report)
    if dry_run:
        return
    tell("Nhập", "importing")
    done = json.loads(door.post(file, dry_run=False, accept="application/json").data)
    show({name: value for name, value in done.items() if name != "rows"})
    if import_id := done.get("id"):
        wait_until_done(door, import_id)


def save_report(door: Door, file: Path, report: Path) -> None:
    """The same sheet with a column that says what to mend."""
    if report.suffix.lower() not in SHEETS:
        raise Failure(
            f"{report}: phần đuôi phải là .csv hoặc .xlsx", f"{report}: must end in .csv or .xlsx"
        )
    sheet = door.post(file, dry_run=True, accept=SHEETS[report.suffix.lower()])
    report.write_bytes(sheet.data)
    tell(f"Báo cáo: {report}", "the report", mark="✓")


def wait_until_done(door: Door, import_id: str) -> None:
    """Done when evaluation has registered the certificate of every row."""
    seen: dict[str, Any] = {}

    def done() -> bool:
        seen.update(door.get(import_id))
        return seen["pending"] == 0

    took = until(done, seconds=PATIENCE, every=0.2, what=lambda: f"pending: {seen.get('pending')}")
    tell("Xong mọi dòng", f"every row is done, after {took:.1f} s", mark="✓")


def show(answer: dict[str, Any]) -> None:
    """Whatever the answer holds: its own fields, then its rows as a table."""
    for name, value in answer.items():
        if name != "rows":
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(f"  {name}: {said}", markup=False)
    rows = answer.get("rows") or []
    if not rows:
        return
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("[", r"\[")


def show_problem(answer: urllib3.BaseHTTPResponse) -> None:
    errors.print(f"✗ {answer.status}", markup=False)
    try:
        problem = json.loads(answer.data)
    except ValueError:
        problem = {"detail": answer.data.decode(errors="replace")[:500]}
    for name, value in problem.items():
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        errors.print(f"  {name}: {said}", markup=False)
