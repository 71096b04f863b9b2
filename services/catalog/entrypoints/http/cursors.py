"""Where a page ends, signed: nobody can make one up, or take another query's or tenant's."""

import hashlib

from itsdangerous import BadData, URLSafeSerializer
from pydantic import SecretStr

from chassis import scope
from chassis.problems import Problem
from contracts.text import Words
from services.catalog.domain.query import Mark, ProductQuery, Reading


class WrongCursor(Problem):
    slug = "wrong-cursor"
    title = Words("Dấu trang không đúng", "The cursor is not right")

    def __init__(self) -> None:
        super().__init__(
            "Dấu trang (cursor) không thuộc lần tìm này. Mời xem lại từ trang đầu.",
            "The cursor is not of this query. Begin again at the first page.",
        )


class Cursors:
    def __init__(self, key: SecretStr) -> None:
        self._serializer = URLSafeSerializer(
            key.get_secret_value(),
            "catalog.products",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def signed(self, mark: Mark, query: ProductQuery) -> str:
        told = [_about(query), mark.reading, mark.view, mark.last]
        return str(self._serializer.dumps(told))

    def read(self, cursor: str, query: ProductQuery) -> Mark:
        try:
            about, reading, view, last = self._serializer.loads(cursor)
        except (BadData, ValueError) as error:  # another key's, or of an older release
            raise WrongCursor from error
        if about != _about(query):
            raise WrongCursor
        return Mark(Reading(reading), view, last)


def _about(query: ProductQuery) -> str:
    """One tenant's one query, in few letters."""
    asked = query.model_dump_json(include=set(ProductQuery.model_fields))
    return hashlib.sha256(f"{scope.current().tenant} {asked}".encode()).hexdigest()[:32]
