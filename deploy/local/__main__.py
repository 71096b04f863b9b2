"""The commands of ./ocop. Each loads only what it needs, so that a call costs next to nothing."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.failure import Failure, is_ours, somebody_elses
from deploy.local.screen import errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Nền tảng OCOP trên máy này · the OCOP platform on this machine.",
)
# It hands its arguments on, --help included, to pytest.
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
Rest = Annotated[list[str] | None, typer.Argument(metavar="[...]")]
HELPFUL: dict[str, Any] = {"no_args_is_help": True, "add_completion": False}
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


@app.command(rich_help_panel=START)
def demo() -> None:
    """Kể lại câu chuyện trên nền tảng đang chạy · tell the story again on what runs."""
    from deploy.local import operating

    operating.demo()


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


@app.command(rich_help_panel=WORK)
def bench(
    only: Annotated[
        str, typer.Option(metavar="search|papers|judging", help="chỉ phần này · this part alone")
    ] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="ghi số đo vào tệp · write the figures there")
    ] = None,
) -> None:
    """Đo so với công cụ trần · measure against the bare engines."""
    from deploy.local import operating

    options = ["--only", only] if only else []
    operating.bench(options + (["--json", str(json_file.absolute())] if json_file else []))


@app.command(rich_help_panel=OPERATE)
def token(
    tenant: Annotated[str, typer.Option(help="đơn vị · such as an-giang")],
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE",
            help="administrator, officer, supervisor, producer, commune-officer, help-team,"
            " authority; nhiều lần được",
        ),
    ] = None,
    subject: Annotated[str, typer.Option(help="người · who")] = "ocop-operator",
    name: Annotated[str | None, typer.Option(help="họ tên · the person's name")] = None,
    phone: Annotated[str | None, typer.Option(help="điện thoại · such as 0901234567")] = None,
    email: Annotated[str | None, typer.Option(help="e-mail")] = None,
    unit: Annotated[str | None, typer.Option(help="xã của cán bộ xã · such as 'xã Mẫu'")] = None,
    duration: Annotated[str, typer.Option("--for", help="30s, 15m, 1h, 2d (≤ 30d)")] = "1h",
) -> None:
    """Ký một thẻ truy cập cho cổng · sign a token for the gateway; prints nothing else."""
    from deploy.local import operating

    about: dict[str, Any] = {"name": name, "phone": phone, "email": email, "unit": unit}
    print(operating.token(tenant, role or [], subject, duration, **about))


@app.command("import", rich_help_panel=OPERATE)
def import_(
    tenant: Annotated[str, typer.Option(help="đơn vị · such as an-giang")],
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, XLSX"),
    ] = None,
    reported_on: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="ngày của báo cáo; không có: hôm nay theo giờ Việt Nam · "
            "date of the report; default: today in Vietnam",
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="nguồn · where the list is from; default: the file's name")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="chỉ kiểm tra · check and write nothing")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="bảng có cột cần sửa · the sheet with what to mend")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="ghi mẫu danh sách .csv, .xlsx · write the template")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="ghi đè tệp đã có · replace a file that is there")
    ] = False,
) -> None:
    """Nhập sản phẩm đã công nhận từ CSV hoặc XLSX · import certified products from a sheet."""
    from deploy.local import importing

    if template:
        importing.save_template(template, tenant, force=force)
    if file:
        sent = importing.List(file, reported_on, source)
        importing.import_list(sent, tenant, dry_run=dry_run, report=report, force=force)
    if not template and not file:
        raise Failure(
            "Cần một danh sách, hoặc --template TỆP.xlsx",
            "A list is needed, or --template FILE.xlsx",
        )


partner = typer.Typer(**HELPFUL)
app.add_typer(
    partner, name="partner", rich_help_panel=OPERATE,
    help="Tài khoản đối tác trên luồng công khai · partners' accounts on the public stream.",
)  # fmt: skip
Name = Annotated[str, typer.Argument(help="tên tài khoản · the account's name")]


@partner.command()
def add(
    name: Name,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="chỉ luồng thử nghiệm · the sandbox alone")
    ] = False,
    new_password: Annotated[
        bool, typer.Option("--new-password", help="cho tài khoản đã có · for a known account")
    ] = False,
) -> None:
    """Mở tài khoản đọc luồng; in địa chỉ một lần · make an account, print its address this once."""
    options = [*(["--sandbox"] if sandbox else []), *(["--new-password"] if new_password else [])]
    _catalog("partner", "add", *options, "--", name)


@partner.command("list")
def list_partners() -> None:
    """Mỗi tài khoản và luồng nó đọc · each account and the stream that it reads."""
    _catalog("partner", "list")


@partner.command()
def remove(name: Name) -> None:
    """Xoá tài khoản, cắt kết nối · take an account away; what is connected by it is cut off."""
    _catalog("partner", "remove", "--", name)


keys = typer.Typer(**HELPFUL)
app.add_typer(
    keys, name="keys", rich_help_panel=OPERATE,
    help="Khoá của nền tảng trên máy này · the keys of the platform on this machine.",
)  # fmt: skip


@keys.command("change-seal")
def change_seal() -> None:
    """Đổi khoá ký giấy chứng nhận, giấy cũ vẫn hợp lệ · seal by another key, old ones stay good."""
    from deploy.local import operating

    kid = operating.change_seal()
    print(f"khoá mới · the new key: {kid}; có hiệu lực sau · in use after: ./ocop run")


@app.command(rich_help_panel=OPERATE)
def topology() -> None:
    """Khai báo hàng đợi của mọi dịch vụ · declare every service's exchanges and queues."""
    from deploy.local import operating

    operating.call_each("topology")


letters = typer.Typer(**HELPFUL)
app.add_typer(
    letters, name="dead-letters", rich_help_panel=OPERATE,
    help="Thư không xử lý được, hoặc không ai nhận · what could not be handled, or nobody wanted.",
)  # fmt: skip
Service = Annotated[
    str | None, typer.Option(metavar="NAME", help="mặc định: tất cả · default: all services")
]
Handle = Annotated[
    str, typer.Argument(help="mã ở cột handle, hoặc id · as listed, or the letter's id")
]


@letters.command("list")
def list_letters(
    as_json: Annotated[bool, typer.Option("--json", help="mỗi dòng một thư · a line each")] = False,
    service: Service = None,
) -> None:
    """Mỗi thư và lý do, cũ nhất trước · each with its reason, oldest first."""
    from deploy.local import operating

    parts = [operating.known(service)] if service else []
    options = ["--json"] if as_json else []
    operating.call_each("dead-letters", "list", *options, parts=parts, headed=not as_json)


@letters.command()
def show(handle: Handle, service: Service = None) -> None:
    """Toàn bộ một thư · a letter's headers and body."""
    _letters("show", "--", handle, handle=handle, service=service)


@letters.command()
def replay(
    handle: Annotated[str, typer.Argument(help="không có: tất cả · without: all")] = "",
    service: Service = None,
) -> None:
    """Gửi lại đến nơi cần đến · send letters to where they belong, again."""
    from deploy.local import operating

    if handle:
        _letters("replay", "--", handle, handle=handle, service=service)
    else:
        parts = [operating.known(service)] if service else []
        operating.call_each("dead-letters", "replay", parts=parts)


@letters.command()
def discard(
    handle: Handle,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="không hỏi · do not ask")] = False,
    service: Service = None,
) -> None:
    """Bỏ hẳn một thư: điều nó báo sẽ mất · throw one letter away: what it tells is lost."""
    options = ["--yes"] if yes else []
    _letters("discard", *options, "--", handle, handle=handle, service=service)


mails = typer.Typer(**HELPFUL)
app.add_typer(
    mails, name="mails", rich_help_panel=OPERATE,
    help="Thư báo chưa gửi được, hoặc chưa rõ · mail that was not sent, or perhaps not.",
)  # fmt: skip


@mails.command()
def unknown() -> None:
    """Thư có thể đã gửi: xem rồi quyết định · may have been sent: look, and decide."""
    _mails("unknown")


@mails.command()
def refused() -> None:
    """Thư bị từ chối và lý do · what the mail server will not take, with its words."""
    _mails("refused")


@mails.command()
def resend(
    handle: Annotated[str, typer.Argument(help="mã ở cột đầu, hoặc phần đầu của nó · its id")],
) -> None:
    """Gửi lại một thư · have one of these sent again."""
    _mails("resend", "--", handle)


catalog = typer.Typer(**HELPFUL)
app.add_typer(
    catalog, name="catalog", rich_help_panel=OPERATE, help="Chỉ mục tìm kiếm · the search index."
)


@catalog.command()
def rebuild() -> None:
    """Dựng lại chỉ mục và chờ · build the index anew, and wait."""
    _catalog("rebuild")


@catalog.command()
def check() -> None:
    """So chỉ mục với hồ sơ, không đổi gì · compare the index with the records; 1 on a drift."""
    _catalog("check")


papers = typer.Typer(**HELPFUL)
app.add_typer(
    papers, name="papers", rich_help_panel=OPERATE,
    help="Mẫu văn bản · papers and the templates of an agency.",
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, resolve_path=True)]


@papers.command("check")
def check_templates(folder: Folder) -> None:
    """Thử từng mẫu trong thư mục, nói sai ở đâu · try every template, say what is wrong."""
    _papers("check", "--", str(folder))


@papers.command()
def examples(folder: Folder) -> None:
    """Ghi mọi văn bản ví dụ, DOCX và PDF · write every example, as DOCX and PDF."""
    _papers("examples", "--", str(folder))


@papers.command()
def again() -> None:
    """Tạo lại văn bản bị lỗi sau khi sửa mẫu · make failed papers again, once mended."""
    _papers("again")


def _papers(*arguments: str) -> None:
    from deploy.local import operating

    operating.call("evaluation", "papers", *arguments)


def _catalog(*arguments: str) -> None:
    from deploy.local import operating

    operating.call("catalog", *arguments)


def _mails(*arguments: str) -> None:
    from deploy.local import operating

    operating.call("notification", "mails", *arguments)


def _letters(*arguments: str, handle: str, service: str | None) -> None:
    from deploy.local import operating

    operating.letters(*arguments, handle=handle, service=service)


if __name__ == "__main__":
    try:
        app(prog_name="./ocop")
    except Failure as failure:
        errors.print(f"✗ {failure}", markup=False)
        sys.exit(1)
    except PermissionError as error:
        if not is_ours(error.filename):
            raise
        errors.print(f"✗ {somebody_elses(error.filename)}", markup=False)
        sys.exit(1)
