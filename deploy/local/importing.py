"""./ocop import: a client of the gateway like any other, as the tenant's administrator.

A dry run first, always: what it says is shown before anything is written.
"""

import json
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from deploy.local import operating
from deploy.local.failure import Failure
from deploy.local.screen import console, errors, tell
from deploy.local.waiting import until

JSON = "application/json"
SHEETS = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TEMPLATE = "./ocop import --template mau-danh-sach.xlsx --tenant an-giang"
PATIENCE = 300  # seconds until the last certificate is registered


@dataclass(frozen=True)
class List:
    """What is sent: a sheet, and what it is said to be."""

    file: Path
    reported_on: str | None = None
    source: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What was not said is left to the platform: its day is Vietnam's, not this machine's."""
        kind = SHEETS.get(self.file.suffix.lower(), "application/octet-stream")
        said = {"reported_on": self.reported_on, "source": self.source}
        return {"file": (self.file.name, self.file.read_bytes(), kind)} | {
            name: value for name, value in said.items() if value is not None
        }


@dataclass(frozen=True)
class Door:
    """The tenant's imports, behind the gateway."""

    url: str
    token: str

    def post(self, sent: List, *, dry_run: bool, accept: str = JSON) -> bytes:
        """Ends here, with the problem shown, where it is refused."""
        url = f"{self.url}?dry_run={str(dry_run).lower()}"
        once = {"Idempotency-Key": str(uuid.uuid4())}
        return self._ask("POST", url, accept, once, fields=sent.fields)

    def get(self, import_id: str) -> dict[str, Any]:
        return dict(json.loads(self._ask("GET", f"{self.url}/{import_id}", JSON, {})))

    def template(self, suffix: str) -> bytes:
        url = f"{self.url}/template?format={suffix.removeprefix('.')}"
        return self._ask("GET", url, SHEETS[suffix], {})

    def _ask(
        self, method: str, url: str, accept: str, headers: Mapping[str, str], **more: Any
    ) -> bytes:
        try:
            answer = urllib3.request(
                method,
                url,
                headers={"Authorization": f"Bearer {self.token}", "Accept": accept, **headers},
                timeout=urllib3.Timeout(connect=5, read=120),
                retries=False,
                **more,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Failure(
                "Cổng API không trả lời: ./ocop status, ./ocop run",
                "The gateway does not answer: ./ocop status, ./ocop run",
            ) from error
        if answer.status >= 400:
            show_problem(answer.status, answer.data)
            sys.exit(1)
        return answer.data


def import_list(
    sent: List, tenant: str, *, dry_run: bool, report: Path | None, force: bool
) -> None:
    if report:
        refuse_to_write(report, force, sent.file)
    door = door_of(tenant)
    tell("Kiểm tra thử, chưa ghi gì", "a dry run, nothing is written")
    checked = json.loads(door.post(sent, dry_run=True))
    show(checked)
    if report:
        save_report(door, sent, report)
    if wrong := checked["counts"]["wrong"]:
        raise Failure(
            f"{wrong} dòng chưa đúng; không ghi gì. Xem dấu ✗, hoặc --report BÁO_CÁO.xlsx",
            f"Rows that are wrong: {wrong}; nothing is written. See ✗, or --report REPORT.xlsx",
        )
    if dry_run:
        return
    tell("Nhập", "importing")
    done = json.loads(door.post(sent, dry_run=False))
    if done["pending"]:
        wait_until_done(door, sent, done["id"])
    tell("Mọi dòng đã xong", "every row is done", mark="✓")


def save_report(door: Door, sent: List, report: Path) -> None:
    """The same sheet with a column that says what to mend."""
    write(report, door.post(sent, dry_run=True, accept=SHEETS[report.suffix.lower()]))
    tell(f"Báo cáo: {report}", "the report", mark="✓")


def save_template(file: Path, tenant: str, *, force: bool) -> None:
    """An empty list with its headings and how to fill it in."""
    refuse_to_write(file, force)
    write(file, door_of(tenant).template(file.suffix.lower()))
    tell(f"Mẫu danh sách: {file}", "the template", mark="✓")


def door_of(tenant: str) -> Door:
    token = operating.token(tenant, ["administrator"], "ocop-operator", "1h")
    site = operating.running_site()
    return Door(f"{site.url('gateway')}/t/{tenant}/dossier/v1/imports", token)


def refuse_to_write(file: Path, force: bool, sent: Path | None = None) -> None:
    """Before anything is asked: a list is hours of somebody's work."""
    if file.suffix.lower() not in SHEETS:
        raise Failure(
            f"{file}: phần đuôi phải là .csv hoặc .xlsx", f"{file}: must end in .csv or .xlsx"
        )
    if sent and file.exists() and file.samefile(sent):
        raise Failure(
            f"{file} chính là danh sách được gửi; hãy chọn tên khác.",
            f"{file} is the list that is sent; choose another name.",
        )
    if file.exists() and not force:
        raise Failure(
            f"Đã có tệp {file}; ghi đè: --force", f"{file} is there already; to replace it: --force"
        )


def write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Failure(
            f"Không ghi được {file}: {error.strerror}",
            f"{file} could not be written: {error.strerror}",
        ) from error


def wait_until_done(door: Door, sent: List, import_id: str | None) -> None:
    """A row is done when evaluation has registered its certificate. Without an id all rows were
    there before, by another import: sending them again changes nothing, and tells how far they are.
    """
    pending: list[int] = []

    def done() -> bool:
        report = door.get(import_id) if import_id else json.loads(door.post(sent, dry_run=False))
        pending.append(report["pending"])
        return pending[-1] == 0

    until(done, seconds=PATIENCE, every=0.2, what=lambda: f"pending: {pending[-1]}")


def show(report: Mapping[str, Any]) -> None:
    """Its counts and notes, and the rows that have something to say."""
    counts = report.get("counts") or {}
    console.print("  " + " · ".join(f"{name}: {n}" for name, n in counts.items()), markup=False)
    for note in report.get("notes") or []:
        console.print(f"  {note['vi']}\n    {note['en']}", markup=False)
    for row in report.get("rows") or []:
        for message in row["messages"]:
            mark = "✗" if message["level"] == "wrong" else "·"
            place = f"{row['row']}, {message['field']}"
            console.print(f"  {mark} {place}: {message['vi']}", markup=False)
            console.print(f"    {message['en']}", markup=False)


def show_problem(status: int, body: bytes) -> None:
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {"title": body.decode(errors="replace")[:500]}
    english = problem.get("en", {})
    errors.print(
        f"✗ {status} {problem.get('title', '')} · {english.get('title', '')}", markup=False
    )
    for said in (problem.get("detail"), english.get("detail")):
        if said:
            errors.print(f"  {said}", markup=False)
    for one in problem.get("errors", []):
        errors.print(f"  {one['field']}: {one['vi']} · {one['en']}", markup=False)
    if any(one["field"].startswith("file.") for one in problem.get("errors", [])):
        errors.print(f"  Mẫu · a template: {TEMPLATE}", markup=False)
