import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.enterprises import FORMS, ProducerKind, may_be_same, named_in, read, written_out
from rules.vietnamese import folded, key

NFD = unicodedata.normalize("NFD", "Hợp tác xã Nông nghiệp Tân Phú")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Tân Phú", "Hợp tác xã Tân Phú"),
        ("H.T.X. TÂN PHÚ", "hợp  tác xã tân phú"),
        ("HTX NN Tân Phú", NFD),
        ("HOP TAC XA TAN PHU", "HTX Tân Phú"),
        ("THT Ếch Mẫu", "Tổ hợp tác Ếch Mẫu"),
        ("Cty TNHH MTV Mẫu", "Công ty trách nhiệm hữu hạn một thành viên Mẫu"),
        ("C.Ty T.N.H.H 1TV Mẫu", "Công ty MTV TNHH Mẫu"),
        ("CTCP Mẫu", "Công ty cổ phần Mẫu"),
        ("Cty CP SX - TM - DV Mẫu", "Công ty Cổ phần Thương mại, Dịch vụ và Sản xuất Mẫu"),
        ("DNTN Mẫu", "Doanh nghiệp tư nhân Mẫu"),
        ("Mẫu DNTN", "Doanh nghiệp tư nhân Mẫu"),
        ("HKD Bà Mẫu", "Hộ kinh doanh Bà Mẫu"),
        ("Cơ sở sản xuất Bà Mẫu", "CSSX Bà Mẫu"),
        ("Cơ sở Hoà Mẫu", "HKD Hòa Mẫu"),
        ("Chi nhánh Công ty TNHH Mẫu", "Công ty TNHH Mẫu"),
        ("Tân Phú", "HTX Tân Phú"),
    ],
)
def test_names_that_may_be_one_enterprises(one: str, other: str) -> None:
    assert may_be_same(one, other)
    assert may_be_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Tân Phú", "HTX Phú Tân"),
        ("HTX Tân Phú", "HTX Tấn Phú"),
        ("HTX Tân Phú", "THT Tân Phú"),
        ("HTX Tân Phú", "Công ty TNHH Tân Phú"),
        ("HTX Tân Phú", "HTX Tân Phú Đông"),
        ("Cơ sở Mẫu", "Cơ sở"),
        ("Hợp tác xã", "Hộ kinh doanh"),
        ("Phòng Nông nghiệp huyện Mẫu", "HTX Mẫu"),
    ],
)
def test_names_that_are_two_enterprises(one: str, other: str) -> None:
    assert not may_be_same(one, other)


@pytest.mark.parametrize(
    ("name", "kind", "proper"),
    [
        ("HTX Nông nghiệp Vĩnh Hòa", ProducerKind.COOPERATIVE, "vĩnh hòa"),
        ("Chi nhánh Công ty Mẫu", ProducerKind.ENTERPRISE, "mẫu"),
        ("Hộ Kịnh doanh Vườn Dưa lưới", ProducerKind.HOUSEHOLD, "vườn dưa lưới"),
        ("Cơ sở Tú Nhàn", ProducerKind.HOUSEHOLD, "tú nhàn"),
        ("Hiệu mắm Út Nhanh", None, "hiệu mắm út nhanh"),
    ],
)
def test_what_a_name_says(name: str, kind: ProducerKind | None, proper: str) -> None:
    assert read(name) == (kind, proper)


@pytest.mark.parametrize("form", FORMS)
def test_each_short_form_is_written_out(form) -> None:
    for short in form.short:
        assert written_out(f"{short.upper()} Mẫu") == f"{key(form.words)} mẫu"
        assert written_out(f"{folded(short)} Mẫu") == f"{key(form.words)} mẫu"


def test_no_form_is_said_twice() -> None:
    said = [folded(way) for form in FORMS for way in (form.words, *form.short)]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    "text",
    [
        "HTX Tân Phú",
        "Giám đốc HTX Tân Phú",
        "Phó Giám đốc, H.T.X Tân Phú, xã Mẫu",
        "Kế toán (HTX Tân Phú)",
        "Chủ tịch HĐQT - Hợp tác xã Nông nghiệp Tân Phú",
    ],
)
def test_a_name_is_found_in_what_somebody_says_of_their_work(text: str) -> None:
    assert any(may_be_same(one, "Hợp tác xã Tân Phú") for one in named_in(text))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read(one: str, other: str) -> None:
    assert may_be_same(one, other) == may_be_same(other, one)
    assert written_out(written_out(one)) == written_out(one)
    assert all(may_be_same(each, each) for each in named_in(one))
