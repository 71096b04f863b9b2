"""A paper as PDF, from an HTML template. Imported in the child that makes it, and nowhere else."""

from typing import Any

import segno
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from services.evaluation.adapters.papers.measuring import Unfit, wrong
from services.evaluation.adapters.papers.templates import Templates, environment, values
from services.evaluation.domain.papers import Content


class Refused(FatalURLFetchingError):
    """The template asks for something outside of itself."""


class OnlyData(URLFetcher):
    """What stands in the template itself as data:, and nothing else."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if not url.lower().startswith("data:"):
            raise Refused(url[:200])
        return super().fetch(url, headers)


SIZES = (1, 0.85, 0.72, 0.6, 0.5)
"""By which a template may shrink what has no bound, as its `fit`, until all is on the paper."""


def pdf(templates: Templates, name: str, content: Content) -> bytes:
    """Unfit where it is wrong at the smallest size."""
    made, _ = fitted(templates, name, content)
    return made


def fitted(templates: Templates, name: str, content: Content) -> tuple[bytes, float]:
    """The file, and the size at which all that is required is there."""
    for fit in SIZES:
        made = _drawn(templates, name, content, fit)
        words = wrong(made, content)
        if words is None:
            return made, fit
    assert words is not None
    raise Unfit(words)


def _drawn(templates: Templates, name: str, content: Content, fit: float) -> bytes:
    told = values(content) | {"fit": fit}
    if "check_url" in told:
        told["qr"] = segno.make(told["check_url"], error="m").svg_data_uri(border=0)
    page = environment(templates.text).get_template(name).render(told)
    made: bytes = HTML(string=page, url_fetcher=OnlyData(), base_url=None).write_pdf(
        font_config=FontConfiguration()
    )
    return made
