import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.codes import ProductCode
from rules.problems import Wrong


def test_a_code_is_province_commune_serial_year() -> None:
    assert ProductCode.of("89-30280-12-2026") == ("89", "30280", 12, 2026)


@given(
    st.from_regex(r"\A[0-9]{2}\Z"),
    st.from_regex(r"\A[0-9]{5}\Z"),
    st.integers(1, 99999),
    st.integers(2018, 9999),
)
def test_what_is_written_is_read(province: str, commune: str, serial: int, year: int) -> None:
    code = ProductCode(province, commune, serial, year)
    assert ProductCode.of(str(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "89-30280-12",
        "89-30280-0-2026",
        "89-30280-012-2026",
        "89-3028-12-2026",
        "890-30280-12-2026",
        "89/30280/12/2026",
        "89-30280-12-26",
        "89-30280-12-2026\n",
        "٨٩-30280-12-2026",
        "89-30280-12-2017",
    ],
)
def test_anything_else_is_told(text: str) -> None:
    with pytest.raises(Wrong) as wrong:
        ProductCode.of(text)
    assert [(one.kind, one.field) for one in wrong.value.found] == [("wrong-code", "code")]
