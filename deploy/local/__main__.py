"""The commands of ./ocop. Each loads only what it needs, so that a call costs next to nothing."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.failure import Failure
from deploy.local.screen import errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nền tảng OCOP trên máy này · the OCOP platform on this machine.",
)
# These hand their arguments on, --help included, to the part that knows them.
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
Rest = Annotated[list[str] | None, typer.Argument(metavar="[...]")]
START, WORK, OPERATE = "Chạy · running", "Làm · working on it", "Vận hành · operating"


@app.command(rich_help_panel=START)
def run() -> None:
    """Khởi động tất cả, chờ sẵn sàng, kể chuyện · start everything, wait, tell the story."""
    from deploy.local import running

    running.run()


@app.command(rich_help_panel=START)
def stop() -> None:
    """Dừng tất cả và chờ đến khi dừng hẳn · stop everything, wait until it is gone."""
    from deploy.local import running

    running.stop()


@app.command(rich_help_panel=START)
def status() -> None:
    """Cái gì đang chạy, có sẵn sàng không · what runs, and whether it is ready."""
    from deploy.local import running

    running.status()


@app.command(rich_help_panel=START)
def logs(
    name: Annotated[str | None, typer.Argument()] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
) -> None:
    """Xem nhật ký; không có tên: liệt kê · show a log; without a name: list them."""
    from deploy.local import running

    running.logs(name, follow)


@app.command(rich_help_panel=START)
def clean(yes: Annotated[bool, typer.Option("--yes", "-y")] = False) -> None:
    """Dừng và xoá mọi dữ liệu của bản này · stop, and remove all data of this checkout."""
    from deploy.local import running

    if not yes:
        typer.confirm("Xoá mọi dữ liệu? · remove all data?", abort=True)
    running.clean()


@app.command(rich_help_panel=START, context_settings=PASSED_ON)
def demo(rest: Rest = None) -> None:
    """Kể lại câu chuyện trên nền tảng đang chạy · tell the story again on what runs."""
    from deploy.local import operating

    operating.demo(rest or [])


@app.command(rich_help_panel=WORK, context_settings=PASSED_ON)
def test(rest: Rest = None) -> None:
    """Kiểm tra (lint) rồi pytest; có tham số: chỉ pytest · lint and pytest; pytest if arguments."""
    from deploy.local import quality

    sys.exit(quality.test(rest or []))


@app.command(rich_help_panel=WORK)
def lint(
    environments: Annotated[
        bool, typer.Option(help="Dựng riêng môi trường từng phần · each part's environment alone")
    ] = False,
) -> None:
    """Kiểm tra kiểu viết, kiểu dữ liệu, các tầng · check style, types, layers, requirements."""
    from deploy.local import quality

    sys.exit(quality.lint(environments=environments))


@app.command(rich_help_panel=WORK)
def lock(upgrade: Annotated[bool, typer.Option("--upgrade", "-U")] = False) -> None:
    """Ghim lại requirements/*.txt từ pyproject.toml · compile the requirements anew."""
    from deploy.local import quality

    quality.lock(upgrade=upgrade)


@app.command(rich_help_panel=WORK)
def rank(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="- : stdin")] = "-",
) -> None:
    """Xếp sao phiếu chấm điểm, mỗi dòng một phiếu JSON · rank score sheets, JSON lines."""
    from deploy.local import ranking

    sys.exit(not ranking.rank_all(file))


@app.command(rich_help_panel=WORK, context_settings=PASSED_ON)
def bench(rest: Rest = None) -> None:
    """Đo so với công cụ trần · measure against the bare engines."""
    from deploy.local import operating

    operating.bench(rest or [])


@app.command(rich_help_panel=OPERATE)
def token(
    tenant: Annotated[str, typer.Option()],
    role: Annotated[list[str] | None, typer.Option()] = None,
    subject: Annotated[str, typer.Option()] = "ocop-operator",
    duration: Annotated[str, typer.Option("--for", help="30s, 15m, 1h, 2d")] = "1h",
) -> None:
    """Ký một thẻ truy cập cho cổng · sign a token for the gateway; prints nothing else."""
    from deploy.local import operating

    print(operating.token(tenant, role or [], subject, duration))


@app.command("import", rich_help_panel=OPERATE)
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    tenant: Annotated[str, typer.Option()],
    reported_on: Annotated[
        str, typer.Option(help="ngày của báo cáo · date of the report; default: today")
    ] = str(date.today()),
    source: Annotated[
        str | None, typer.Option(help="nguồn · where the list is from; default: the file's name")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    report: Annotated[
        Path | None, typer.Option(help="bảng có cột cần sửa · the sheet with what to mend")
    ] = None,
) -> None:
    """Nhập sản phẩm đã công nhận từ CSV hoặc XLSX · import certified products from a sheet."""
    from deploy.local import importing

    sent = importing.List(file, reported_on, source or file.name)
    importing.import_list(sent, tenant, dry_run=dry_run, report=report)


@app.command(rich_help_panel=OPERATE, context_settings=PASSED_ON)
def partner(rest: Rest = None) -> None:
    """Tài khoản đối tác trên luồng công khai: add|list|remove · partners' stream accounts."""
    from deploy.local import operating

    operating.call("catalog", "partner", *(rest or []))


@app.command(rich_help_panel=OPERATE, context_settings=PASSED_ON)
def topology(rest: Rest = None) -> None:
    """Khai báo hàng đợi của mọi dịch vụ · declare every service's exchanges and queues."""
    from deploy.local import operating

    operating.call_each("topology", *(rest or []))


@app.command("dead-letters", rich_help_panel=OPERATE, context_settings=PASSED_ON)
def dead_letters(
    rest: Rest = None,
    service: Annotated[str | None, typer.Option(help="mặc định: tất cả · default: all")] = None,
) -> None:
    """Thư không xử lý được: list|show|replay · what could not be handled, or nobody wanted."""
    from deploy.local import operating

    arguments = ("dead-letters", *(rest or []))
    if service:
        operating.call(service, *arguments)
    else:
        operating.call_each(*arguments)


@app.command(rich_help_panel=OPERATE, context_settings=PASSED_ON)
def catalog(rest: Rest = None) -> None:
    """Chỉ mục tìm kiếm: rebuild|check · the search index."""
    from deploy.local import operating

    operating.call("catalog", *(rest or []))


if __name__ == "__main__":
    try:
        app(prog_name="./ocop")
    except Failure as failure:
        errors.print(f"✗ {failure}", markup=False)
        sys.exit(1)
