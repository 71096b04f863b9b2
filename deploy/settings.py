"""The table of settings in docs/operations.md, written from the settings classes themselves.

python -m deploy.settings
"""

import importlib
from collections.abc import Iterator
from typing import cast

from pydantic_core import PydanticUndefined

from chassis.settings import ServiceSettings, Settings
from deploy.local.tree import ROOT, parts

PAGE = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- settings: python -m deploy.settings -->\n", "<!-- end -->\n"


def classes() -> dict[str, type[Settings]]:
    """Part to what its processes are told."""
    return {
        part: cast(type[Settings], importlib.import_module(f"{module}.settings").Settings)
        for part, module in parts().items()
    }


def prefix(kind: type[Settings]) -> str:
    return str(kind.model_config.get("env_prefix", ""))


def variables(kind: type[Settings], *, required: bool = False) -> set[str]:
    return {
        f"{prefix(kind)}{name.upper()}"
        for name, field in kind.model_fields.items()
        if field.is_required() or not required
    }


def table() -> str:
    """What all have, what every service has, what a part has beside: each setting once."""
    lines = ["| Setting | Default | What |", "|---|---|---|"]
    lines += rows("OCOP_…_", Settings, set())
    lines += rows("OCOP_<SERVICE>_", ServiceSettings, set(Settings.model_fields))
    for kind in classes().values():
        shared = ServiceSettings if issubclass(kind, ServiceSettings) else Settings
        lines += rows(prefix(kind), kind, set(shared.model_fields))
    return "\n".join(lines) + "\n"


def rows(before: str, kind: type[Settings], known: set[str]) -> Iterator[str]:
    for name, field in kind.model_fields.items():
        if name not in known:
            default = "required" if field.is_required() else shown(field.default)
            yield f"| `{before}{name.upper()}` | {default} | {field.description or ''} |"


def shown(default: object) -> str:
    return "derived" if default is PydanticUndefined else f"`{default}`"


def page(text: str) -> str:
    """The same page with today's table."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
