"""Numbers as they are typed from a paper."""

import pytest

from rules.numbers import as_printed, certificate_number, number_key

NUMBER = "05/2026/OCOP-HUYEN-MAU"
TYPED = [
    NUMBER,
    "5/2026/OCOP-HUYEN-MAU",
    "005/2026/OCOP-HUYEN-MAU",
    "Số: 05/2026/OCOP-HUYEN-MAU",
    "SỐ 05/2026/OCOP-HUYEN-MAU.",
    "so: 5/2026/ocop-huyen-mau",
    "Giấy chứng nhận OCOP số: 05/2026/OCOP-HUYEN-MAU",
    "No. 05/2026/OCOP-HUYEN-MAU",
    " 05 / 2026 / OCOP - HUYEN - MAU ",
    "05/2026/OCOP-\r\nHUYEN-MAU",
    "05/2026/\nOCOP-HUYEN\nMAU",
    "05/2026/OCOP–HUYEN—MAU",
    "05/2026/OCOP\u2011HUYEN\u2212MAU",
    "05/2026/OCOP\ufffeHUYEN\ufffeMAU",
    "05/2026/OCOP HUYEN MAU",
    "05/2026/OCOP-HUYỆN-MẪU",
    "０５／２０２６／ＯＣＯＰ－ＨＵＹＥＮ－ＭＡＵ",
    "05⁄2026∕OCOP-HUYEN-MAU",
    "05\\2026\\OCOP-HUYEN-MAU",
    "05-2026-OCOP-HUYEN-MAU",
    "“05/2026/OCOP-HUYEN-MAU”",
    "\u202a05/2026/OCOP-HU\u200bYEN-M\u00adAU\u202c",
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_certificates_number_is_the_same_however_it_is_typed(typed):
    assert certificate_number(typed) == NUMBER


@pytest.mark.parametrize(
    "other",
    [
        "", "5", "05/2026", "OCOP-HUYEN-MAU", "05/26/OCOP-HUYEN-MAU", "12/QĐ-UBND", "gạo ST25",
        "50/2026/OCOP-", "05/2026/OCOP-HUYEN-MAU và 06/2026/OCOP-HUYEN-MAU", "OCOP 2026 mật ong",
    ],
)  # fmt: skip
def test_what_is_no_certificates_number_is_none(other):
    assert certificate_number(other) is None


@pytest.mark.parametrize(
    "other", ["50/2026/OCOP-HUYEN-MAU", "05/2025/OCOP-HUYEN-MAU", "05/2026/OCOP-HUYEN-MAU-2"]
)
def test_another_number_is_another(other):
    assert certificate_number(other) not in (None, NUMBER)


@pytest.mark.parametrize(
    "typed",
    [
        "12/QĐ-UBND", "012/QĐ-UBND", "Số: 12/QĐ-UBND", "Quyết định số 12/QĐ-UBND", "12/qđ-ubnd",
        "12 /QĐ – UBND", "12/QD-UBND", "12/QÐ-UBND", "12/QĐ\ufffeUBND", "12/QĐUBND",
    ],
)  # fmt: skip
def test_a_decisions_number_is_the_same_however_it_is_typed(typed):
    assert number_key(typed) == number_key("12/QĐ-UBND")


@pytest.mark.parametrize("other", ["1/2/QĐ-UBND", "12/QĐ-UBND-NN", "120/QĐ-UBND", "1-2/QĐ-UBND"])
def test_another_decisions_number_is_another(other):
    assert number_key(other) != number_key("12/QĐ-UBND")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Số: 12 / QĐ – UBND", "12/QĐ-UBND"),
        ("148/QĐ-TTg", "148/QĐ-TTg"),
        ("quyết định số 05/QĐ-UBND", "05/QĐ-UBND"),
        ("148/QĐ\ufffeTTg", "148/QĐ-TTg"),
    ],
)
def test_it_is_printed_as_papers_write_it(typed, printed):
    assert as_printed(typed) == printed
