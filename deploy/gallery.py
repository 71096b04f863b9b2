"""The gallery of papers in docs/papers: every example as people see it.

python -m deploy.gallery
"""

import pypdfium2
from PIL import Image

from deploy.local.tree import ROOT
from services.evaluation.adapters.papers.rendering import Renderer
from services.evaluation.domain.paper_examples import EXAMPLES
from services.evaluation.domain.papers import Format

FOLDER = ROOT / "docs" / "papers"
SCALE = 1.1  # of 72 dots an inch
GAP = 12
SHOWN = 3
"""Pages of a paper beside one another."""


def draw() -> None:
    renderer = Renderer()
    for kind, example in EXAMPLES.items():
        made = renderer.file("", example(), Format.PDF)
        pages = [
            page.render(scale=SCALE).to_pil().convert("L")
            for page in list(pypdfium2.PdfDocument(made.content))[:SHOWN]
        ]
        beside(pages).save(FOLDER / f"{kind}.png", optimize=True)


def beside(pages: list[Image.Image]) -> Image.Image:
    width = sum(page.width for page in pages) + GAP * (len(pages) + 1)
    whole = Image.new("L", (width, max(page.height for page in pages) + 2 * GAP), 200)
    left = GAP
    for page in pages:
        whole.paste(page, (left, GAP))
        left += page.width + GAP
    return whole


if __name__ == "__main__":
    draw()
