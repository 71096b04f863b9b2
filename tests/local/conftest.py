"""A small tree of stand-ins, in a folder whose name would trip careless quoting."""

from pathlib import Path

import pytest

LAUNCHER = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

module, kind, *rest = sys.argv[1:]
part = module.rpartition(".")[2]
if kind == "cli":
    with (Path(__file__).parents[1] / "called").open("a") as called:
        print(part, *rest, file=called)
    sys.exit()
if part == "misconfigured":
    sys.exit(78)
if part == "crashing":
    sys.exit("no such module")


class Door(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


host, port = os.environ[f"OCOP_{part.upper()}_BIND"].split(":")
ThreadingHTTPServer((host, int(port)), Door).serve_forever()
"""


@pytest.fixture
def tree_of_stand_ins(tmp_path: Path) -> Path:
    root = tmp_path / "50% of a tree"
    for file in (
        "services/dossier/entrypoints/http/__init__.py",
        "services/dossier/entrypoints/worker.py",
        "services/dossier/entrypoints/cli.py",
        "services/catalog/entrypoints/http.py",
        "services/catalog/entrypoints/job.py",
        "services/notes/readme.py",
        "gateway/entrypoints/http.py",
        "portal/__init__.py",
        "chassis/__init__.py",
    ):
        place = root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (root / "chassis" / "run.py").write_text(LAUNCHER)
    return root
