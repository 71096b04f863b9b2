import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from deploy.local import supervisor


def test_a_folder_with_percent_signs_quotes_and_spaces_is_read_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "50% of Bảy's run"
    (folder / "logs").mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("supervisord.conf").write_text(
        supervisor.configuration(folder / "a.sock", ["dossier-http"])
    )
    options = ServerOptions()
    options.realize(["-c", "supervisord.conf"])
    (group,) = options.process_group_configs
    (program,) = group.process_configs
    assert options.logfile == str(folder / "logs" / "supervisord.log")
    assert program.stdout_logfile == "logs/dossier-http.log"
    assert options.server_configs[0]["file"] == str(folder / "a.sock")


def test_a_process_gets_every_value_as_it_was(tmp_path: Path) -> None:
    value = """{"a": "b'c"} $HOME `id` \\ 50% \n end"""
    script = tmp_path / "process"
    script.write_text(supervisor.script({"OCOP_X": value}, ["printenv", "OCOP_X"]))
    done = subprocess.run(["/bin/sh", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == value + "\n"


def test_no_secret_stands_in_the_configuration() -> None:
    text = supervisor.configuration(Path("/run/x.sock"), ["catalog-http"])
    parser = RawConfigParser()
    parser.read_string(text)
    assert "environment" not in parser["program:catalog-http"]
