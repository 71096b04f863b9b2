"""What the server of children does first: it makes one paper, so that each child it forks finds all
loaded and begun. Our own template alone: an agency's runs in a child, and ends with it."""

from contextlib import suppress

from services.evaluation.adapters.papers.child import MAKERS, maker
from services.evaluation.adapters.papers.templates import SUFFIX, Templates
from services.evaluation.domain.paper_examples import certificate_example

with suppress(Exception):  # what is wrong here is wrong in each child too, and told there
    for _format in MAKERS:
        _paper = certificate_example()
        maker(_format)(Templates(None, ""), f"{_paper.kind}{SUFFIX[_format]}", _paper)
