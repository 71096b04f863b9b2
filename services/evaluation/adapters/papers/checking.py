"""Trying an agency's templates before they are used: each makes the example of its paper."""

from collections.abc import Iterator
from pathlib import Path

from contracts.text import Words
from services.evaluation.adapters.papers.rendering import Renderer, WrongTemplate
from services.evaluation.adapters.papers.templates import OURS, SUFFIX
from services.evaluation.domain.paper_examples import EXAMPLES
from services.evaluation.domain.papers import Format, Kind

NAMES = {f"{kind}{SUFFIX[format]}": (kind, format) for kind in Kind for format in Format}
SHARED = {one.name for one in OURS.glob("*.html")} - NAMES.keys()
"""What our HTML templates have in common; an agency may have its own of these too."""
STRAY = Words("không mẫu nào có tên này", "no template has this name")


def checked(folder: Path) -> Iterator[tuple[str, Words | None]]:
    """Every file of the folder and of its tenants' folders, with what is wrong or None."""
    places = ["", *sorted(one.name for one in folder.iterdir() if one.is_dir())]
    renderer = Renderer(folder)
    for tenant in places:
        files = sorted(one.name for one in (folder / tenant).iterdir() if one.is_file())
        named = _named(folder / tenant, files)
        for name in files:
            if name not in NAMES.keys() | SHARED | named:
                yield f"{tenant}/{name}".lstrip("/"), STRAY
        for name, (kind, format) in NAMES.items():
            shares = format is Format.PDF and not SHARED.isdisjoint(files)
            if name in files or shares:
                yield f"{tenant}/{name}".lstrip("/"), _wrong(renderer, tenant, kind, format)


def _named(place: Path, files: list[str]) -> set[str]:
    """Those that another names, to include it."""
    texts = [(place / one).read_text("utf-8", "replace") for one in files if one.endswith(".html")]
    return {one for one in files if any(f'"{one}"' in text for text in texts)}


def _wrong(renderer: Renderer, tenant: str, kind: Kind, format: Format) -> Words | None:
    try:
        renderer.file(tenant, EXAMPLES[kind](), format)
    except WrongTemplate as wrong:
        return wrong.words
    return None
