"""Decisions (quyết định): the authority certifies what councils found, and only then a certificate
exists. What is wrong with one is corrected beside it or annulled, with a reason, and never edited.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import AwareDatetime, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.results import DecidedProduct, DecisionFacts
from contracts.text import Id, Line, Paragraph, Slug
from rules.days import day_of
from rules.numbers import number_key
from rules.product_sets import Label, offered
from services.evaluation.domain import readers
from services.evaluation.domain.attached import Attached
from services.evaluation.domain.results import Result
from services.evaluation.domain.sessions import Done, Part

_PRODUCT = re.compile(r"products\.([1-9][0-9]{0,2})\.(product|producer)")


class Certified(Part):
    """A line of the list. `tenant`: the product's."""

    result_id: Id
    certificate_id: Id
    tenant: Slug
    told: DecidedProduct


class Correction(Part):
    """What a decision's paper says wrongly, and what is meant: beside it, as a paper of its own."""

    field: Line
    was: Line
    now: Line
    reason: Paragraph
    by: str
    at: AwareDatetime


_LIKE = {
    "agency": Label("cơ quan", "the agency"),
    "products.1.product": Label("tên sản phẩm thứ nhất", "the first product's name"),
}


class Decision(Aggregate):
    """`year`: of `decided_on`; in it an agency's numbers are unique. `paper`: as it was signed."""

    kept = True

    facts: DecisionFacts
    products: tuple[Certified, ...]
    decided: Done
    paper: Attached | None = None
    corrections: tuple[Correction, ...] = ()
    annulled: Done | None = None
    annulled_for: Paragraph | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def number(self) -> str:
        """By which two are told apart."""
        return number_key(self.facts.number)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def year(self) -> int:
        return self.facts.decided_on.year

    @computed_field  # type: ignore[prop-decorator]
    @property
    def readers(self) -> list[str]:
        """The tenant's people, the producers on its list, and who supervises from above."""
        contacts = [contact for one in self.products for contact in one.told.contacts]
        producers = readers.of_contacts(self.tenant, contacts)
        return sorted({readers.office(self.tenant), readers.above(self.tenant)} | producers)

    def said(self, field: str) -> str:
        """What stands in a field that may be corrected: `number`, `decided_on`, `agency`, or of the
        list's first line `products.1.product` and `products.1.producer`."""
        if field in type(self.facts).model_fields:
            return str(getattr(self.facts, field))
        found = _PRODUCT.fullmatch(field)
        if found is None or int(found[1]) > len(self.products):
            like = offered(_LIKE)
            raise Unprocessable(
                "Quyết định không có mục này.", "The decision has no such field.",
                [FieldProblem("field", f"ví dụ: {like.vi}", f"such as {like.en}")],
            )  # fmt: skip
        return str(getattr(self.products[int(found[1]) - 1].told, found[2]))

    def attach(self, paper: Attached) -> None:
        """As it was signed; one that was attached before stays in an older version."""
        self._need_standing()
        self.paper = paper

    def correct(self, correction: Correction) -> None:
        self._need_standing()
        self.corrections += (correction,)

    def annul(self, by: Done, reason: Paragraph) -> None:
        self._need_standing()
        self.annulled, self.annulled_for = by, reason

    def _need_standing(self) -> None:
        if self.annulled:
            raise Conflict("Quyết định này đã bị huỷ.", "This decision has been annulled.")


def need_day(decided_on: date, results: Sequence[Result], now: datetime) -> None:
    """Not before its results were approved, and not to come."""
    today = day_of(now)
    approved = [day_of(one.approved.at) for one in results if one.approved]
    earliest = max(approved, default=today)
    if not earliest <= decided_on <= today:
        raise Unprocessable(
            "Ngày quyết định chưa đúng.", "The day of the decision is not right.",
            [
                FieldProblem(
                    "decided_on",
                    f"từ ngày phê duyệt kết quả {earliest:%d/%m/%Y} đến hôm nay",
                    f"from {earliest}, when the results were approved, to today",
                )
            ],
        )  # fmt: skip
