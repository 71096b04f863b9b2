"""./ocop import never writes over somebody's work, and says only what it was told."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.local.failure import Failure
from deploy.local.importing import SHEETS, Door, List, refuse_to_write, write


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "list.csv"
    file.write_text("hours of work")
    return file


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("named", ["list.csv", "other/../list.csv", "link.csv", "twin.csv"])
def test_the_list_itself_is_never_written_over(sheet: Path, named: str, force: bool) -> None:
    (sheet.parent / "other").mkdir()
    (sheet.parent / "link.csv").symlink_to(sheet)
    (sheet.parent / "twin.csv").hardlink_to(sheet)
    with pytest.raises(Failure, match="the list that is sent"):
        refuse_to_write(Path(named), force, sheet)


def test_another_file_is_written_over_only_when_forced(sheet: Path) -> None:
    with pytest.raises(Failure, match="--force"):
        refuse_to_write(sheet, force=False)
    refuse_to_write(sheet, force=True)
    refuse_to_write(Path("new.xlsx"), force=False)


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="could not be written: No such file"):
        write(tmp_path / "nowhere" / "r.csv", b"")


def test_a_day_that_was_not_said_is_left_to_the_platform(sheet: Path) -> None:
    assert [*List(sheet).fields] == ["file"]
    assert List(sheet, "2023-12-31", "báo cáo").fields == {
        "file": ("list.csv", b"hours of work", "text/csv"),
        "reported_on": "2023-12-31",
        "source": "báo cáo",
    }


@pytest.fixture
def gateway() -> Iterator[str]:
    """Answers with what it was asked."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{self.path} {self.headers['Accept']}".encode())

        def log_message(self, *_: object) -> None:
            """Nothing is to be read of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_is_asked_for_in_its_form(gateway: str, suffix: str) -> None:
    asked = Door(f"{gateway}/imports", "token").template(suffix).decode()
    assert asked == f"/imports/template?format={suffix[1:]} {SHEETS[suffix]}"


def test_a_gateway_that_is_away_is_told() -> None:
    with pytest.raises(Failure, match="The gateway does not answer"):
        Door("http://127.0.0.1:1/imports", "token").get("x")
