"""Producers: what a name says, and which names are so alike that a person should look."""

import pytest

from contracts.dossier import ProducerKind
from services.dossier.domain.producers import Producer, kind_of, likenesses


def groups(*names: str, address: str = "xã Thử") -> list[list[str]]:
    producers = [Producer.named("tri-ton", name, address) for name in names]
    return [[one.facts.name for one in each.producers] for each in likenesses(producers)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HTX Nông nghiệp Vĩnh Hòa", ProducerKind.COOPERATIVE),
        ("Hợp Tác Xã NN Long Bình", ProducerKind.COOPERATIVE),
        ("HTX-TM-DV Khánh Hòa", ProducerKind.COOPERATIVE),
        ("Tổ hợp tác Mẫu", ProducerKind.COOPERATIVE_GROUP),
        ("Công ty TNHH Thảo Hương", ProducerKind.ENTERPRISE),
        ("Chi nhánh Công ty TNHH MTV Mẫu", ProducerKind.ENTERPRISE),
        ("Hộ Kịnh doanh Vườn Dưa lưới", ProducerKind.HOUSEHOLD),
        ("Cơ Sở SANA", ProducerKind.HOUSEHOLD),
        ("Hiệu mắm Út Nhanh", None),
        ("Cơm cháy Mẫu", None),
    ],
)
def test_a_kind_is_what_the_name_says_and_else_unknown(name: str, kind: ProducerKind | None):
    assert kind_of(name) is kind


def test_spellings_of_one_name_are_alike():
    names = ["Công ty Thuỷ sản Thanh Tùng", "công ty thủy sản Thanh Tùng"]
    assert groups(*names, "Cơ sở Thanh Hương") == [names]


def test_another_form_before_the_same_name_is_alike():
    assert groups("Hộ kinh doanh Phú Vinh", "Cơ sở sản xuất Khô Bò Phú Vinh") == [
        ["Cơ sở sản xuất Khô Bò Phú Vinh", "Hộ kinh doanh Phú Vinh"]
    ]


def test_three_spellings_are_one_group():
    names = ["Cơ sở Rau Quả Mẫu", "Cơ sở Rau Quả Mẫu (Mau)", "Hộ kinh doanh rau quả mẫu"]
    assert groups(*names) == [names]


@pytest.mark.parametrize(
    "names",
    [
        ("HTX Chăn nuôi Ếch Khánh Hoà", "HTX-TM-DV Khánh Hòa"),  # their commune's name
        ("Hộ kinh doanh Nguyễn Minh Công", "Công ty Thái Minh Nguyên"),
        ("Hộ kinh doanh Mai", "Hộ kinh doanh Nguyễn Thị Mai"),
        ("Hộ kinh doanh", "Cơ sở sản xuất"),
    ],
)
def test_what_they_are_or_where_does_not_make_them_alike(names: tuple[str, str]):
    assert groups(*names, address="ấp Khánh An, xã Khánh Hòa, huyện Châu Phú") == []
