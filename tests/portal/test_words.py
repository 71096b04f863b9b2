from datetime import date

import pytest
from flask import Flask

from portal import words

app = Flask("words")


@pytest.mark.parametrize(
    ("address", "number", "day"),
    [("/", "1.234.567", "05/03/2024"), ("/?lang=en", "1,234,567", "5 March 2024")],
)
def test_numbers_and_days_as_each_language_writes_them(address: str, number: str, day: str) -> None:
    with app.test_request_context(address):
        assert words.number(1_234_567) == number
        assert words.day(date(2024, 3, 5)) == day
