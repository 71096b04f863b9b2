"""Each rule was seen to be broken: all violations at once in a copy of the tree, each one named.

Every violation has a file of its own, so that what a tool says can be told apart.
"""

import shutil
import subprocess
from dataclasses import dataclass

import pytest

from deploy.local import quality
from deploy.local.checks.files import ROOTS
from deploy.local.tree import ROOT


@dataclass(frozen=True)
class Violation:
    rule: str
    file: str
    text: str
    tool: str
    said: str
    """What the tool must say, in one line."""


def edge(importer: str, imported: str) -> str:
    return f"{importer} -> {imported} (l."


def imports(rule: str, importer: str, imported: str, text: str = "") -> Violation:
    file = importer.replace(".", "/") + ".py"
    text = text or f"import {imported}  # noqa: F401\n"
    return Violation(rule, file, text, "import-linter", edge(importer, imported))


def checked(rule: str, file: str, text: str, said: str) -> Violation:
    return Violation(rule, file, text, "checks", f"{file}:{said}")


IN_A_FUNCTION = "def late() -> None:\n    import {}  # noqa: F401, PLC0415\n"

VIOLATIONS = [
    imports("a service imports another", "services.dossier.domain.v01", "services.evaluation"),
    imports(
        "inside a function too",
        "services.dossier.domain.v02",
        "services.catalog.domain",
        IN_A_FUNCTION.format("services.catalog.domain"),
    ),
    imports("a service added later", "services.newcomer.domain.v03", "services.dossier.domain"),
    imports("a service imports the gateway", "services.dossier.adapters.v04", "gateway"),
    imports("a service imports deploy", "services.dossier.adapters.v05", "deploy.local"),
    imports("the gateway imports a service", "gateway.v06", "services.dossier"),
    imports("the portal imports the gateway", "portal.v07", "gateway"),
    imports("chassis imports a service", "chassis.v08", "services.dossier"),
    imports("contracts import chassis", "contracts.v09", "chassis.scope"),
    imports("rules import contracts", "rules.v10", "contracts.event"),
    imports(
        "domain imports application", "services.dossier.domain.v11", "services.dossier.application"
    ),
    imports("domain imports the store", "services.dossier.domain.v12", "mongoengine"),
    imports("domain imports an HTTP client", "services.dossier.domain.v13", "urllib3"),
    imports("rules do I/O", "rules.v14", "pymongo"),
    imports(
        "application imports adapters",
        "services.dossier.application.v15",
        "services.dossier.adapters",
    ),
    imports(
        "an entrypoint imports an adapter",
        "services.dossier.entrypoints.v16",
        "services.dossier.adapters.v04",
    ),
    imports("a service imports nameko", "services.dossier.adapters.v17", "nameko"),
    imports("chassis imports eventlet", "chassis.v18", "eventlet"),
    imports("the gateway imports nameko", "gateway.v19", "nameko"),
    imports(
        "an HTTP process reaches the worker's ground through another module",
        "services.dossier.application.v38",
        "chassis.worker",
    ),
    Violation(
        "untyped code in application",
        "services/dossier/application/v20.py",
        "def f(x):\n    return x\n",
        "mypy",
        "services/dossier/application/v20.py:1: error: Function is missing a type annotation",
    ),
    Violation(
        "untyped code in rules",
        "rules/v21.py",
        "def f(x):\n    return x\n",
        "mypy",
        "rules/v21.py:1: error: Function is missing a type annotation",
    ),
    Violation(
        "a wrong type in domain",
        "services/dossier/domain/v22.py",
        'def f() -> int:\n    return "x"\n',
        "mypy",
        "services/dossier/domain/v22.py:2: error: Incompatible return value type",
    ),
    Violation(
        "a relative import",
        "services/dossier/domain/v23.py",
        "from . import v22  # noqa: F401\n",
        "ruff check",
        "services/dossier/domain/v23.py:1:1: TID252",
    ),
    Violation(
        "an import inside a function",
        "services/dossier/domain/v24.py",
        "def f() -> None:\n    import json  # noqa: F401\n",
        "ruff check",
        "services/dossier/domain/v24.py:2:5: PLC0415",
    ),
    Violation("unformatted code", "rules/v25.py", "x = [1,2]\n", "ruff format", "rules/v25.py"),
    checked(
        "Document.save()",
        "services/dossier/adapters/v26.py",
        "def f(x):\n    x.save()\n",
        "2: Document.save()",
    ),
    checked(
        "Document.save() as a function",
        "chassis/v27.py",
        "def f(Producer, x):\n    Producer.save(x)\n",
        "2: Document.save()",
    ),
    checked(
        "Document.save() handed on",
        "services/dossier/application/v28.py",
        "def f(x):\n    g = x.save\n    return g(validate=False)\n",
        "2: Document.save()",
    ),
    checked(
        "a raw collection",
        "services/dossier/application/v29.py",
        "def f(x):\n    return x._get_collection()\n",
        "2: raw collection",
    ),
    checked(
        "the raw database",
        "services/dossier/entrypoints/v30.py",
        "from mongoengine.connection import get_db  # noqa: F401\n",
        "1: raw collection",
    ),
    checked(
        "the driver outside adapters",
        "services/catalog/application/v31.py",
        "import pymongo  # noqa: F401\n",
        "1: import of pymongo",
    ),
    checked(
        "an import that the group does not declare",
        "gateway/v32.py",
        "import openpyxl  # noqa: F401\n",
        "1: imports openpyxl, which the group gateway does not declare",
    ),
    checked(
        "an import that is only there through another's",
        "portal/v33.py",
        "import markupsafe  # noqa: F401\n",
        "1: imports markupsafe, which the group portal does not declare",
    ),
    Violation(
        "a part without requirements of its own",
        "services/newcomer/domain/v39.py",
        "",
        "checks",
        "pyproject.toml: no group for newcomer",
    ),
    checked(
        "a host in a lock file",
        "requirements/v34.txt",
        "--index-url https://pypi.example/simple\nx==1\n",
        "1: neither a pin nor a hash",
    ),
    checked(
        "a host in a pin",
        "requirements/v35.txt",
        "x @ https://files.example/x-1.tar.gz\n",
        "1: neither a pin nor a hash",
    ),
    checked(
        "a host in npm's lock",
        "portal/v36/package-lock.json",
        '{\n"resolved": "https://npm.example/x.tgz"\n}\n',
        "2: neither a pin nor a hash",
    ),
    Violation(
        "a folder that is no package",
        "services/dossier/v37/deeper/module.py",
        "x = 1\n",
        "checks",
        "services/dossier/v37: no __init__.py",
    ),
]
ALLOWED = {
    "services/dossier/adapters/v40.py": "import pymongo  # noqa: F401\n",
    "services/dossier/adapters/v41.py": "def f(book, out):\n    book.save(out)\n",
}
# what the violations stand on
BESIDE = {
    "services/newcomer/__init__.py": "",
    "services/newcomer/domain/__init__.py": "",
    "services/newcomer/entrypoints/__init__.py": "",
    "services/dossier/entrypoints/http/__init__.py": "",
    "services/dossier/entrypoints/http/v00.py": "import services.dossier.application.v38  # noqa\n",
    "portal/entrypoints/__init__.py": "",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each tool says of the broken copy; run once, all at the same time."""
    copy = tmp_path_factory.mktemp("tree")
    kept = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in (*ROOTS, "requirements"):
        shutil.copytree(ROOT / name, copy / name, ignore=kept)
    shutil.copy(ROOT / "pyproject.toml", copy)
    if (known := ROOT / ".ocop" / "mypy").exists():  # mypy begins at what it knows
        shutil.copytree(known, copy / ".ocop" / "mypy")
    for file, text in [(v.file, v.text) for v in VIOLATIONS] + [
        *BESIDE.items(),
        *ALLOWED.items(),
    ]:
        place = copy / file
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.write_text(text)
    running = {
        tool: subprocess.Popen(
            command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for tool, command in quality.commands(copy).items()
    }
    return {tool: child.communicate()[0] for tool, child in running.items()}


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: v.rule)
def test_a_broken_rule_is_named(violation: Violation, said: dict[str, str]) -> None:
    assert violation.said in said[violation.tool]


@pytest.mark.parametrize("file", ALLOWED)
def test_what_is_allowed_is_not_named(file: str, said: dict[str, str]) -> None:
    assert file not in said["checks"]
