"""The 26 product sets (bộ sản phẩm) by their numbers, in short labels of our own."""

from collections.abc import Mapping
from typing import NamedTuple


class Label(NamedTuple):
    vi: str
    en: str


def offered(known: Mapping[str, Label]) -> Label:
    """What may be written: each code behind the words that say what it means."""
    return Label(
        ", ".join(f"“{words.vi}” ({code})" for code, words in known.items()),
        ", ".join(f"“{words.en}” ({code})" for code, words in known.items()),
    )


PRODUCT_SETS = {
    1: Label("Rau, củ, quả, hạt tươi", "Fresh vegetables, fruit and seeds"),
    2: Label("Thịt, cá, trứng, sữa tươi", "Fresh meat, fish, eggs and milk"),
    3: Label("Gạo và hạt sơ chế", "Rice and other hulled grain"),
    4: Label("Mật và nông sản sơ chế khác", "Honey, syrups and other raw produce"),
    5: Label("Món ăn nhanh", "Ready meals"),
    6: Label("Hàng làm từ gạo, ngũ cốc", "Products of rice and cereals"),
    7: Label("Hàng làm từ rau, củ, quả, hạt", "Products of vegetables, fruit and seeds"),
    8: Label("Hàng làm từ thịt, cá, trứng, sữa, mật", "Products of meat, fish, eggs, milk, honey"),
    9: Label("Nước chấm và gia vị lỏng", "Sauces and liquid seasonings"),
    10: Label("Gia vị khác", "Other seasonings"),
    11: Label("Chè", "Tea"),
    12: Label("Trà từ cây khác", "Infusions of other plants"),
    13: Label("Cà phê, ca cao", "Coffee and cocoa"),
    14: Label("Rượu trắng", "Clear spirits"),
    15: Label("Thức uống có cồn khác", "Other alcoholic drinks"),
    16: Label("Nước khoáng, nước đóng chai", "Mineral and bottled water"),
    17: Label("Thức uống không cồn khác", "Other soft drinks"),
    18: Label("Thực phẩm chức năng và thuốc thảo dược", "Health foods and herbal medicines"),
    19: Label("Mỹ phẩm thảo dược", "Herbal cosmetics"),
    20: Label("Tinh dầu và dược liệu khác", "Essential oils and other herbs"),
    21: Label("Đồ thủ công gia dụng, trang trí", "Crafts for home and decoration"),
    22: Label("Vải và quần áo", "Cloth and clothes"),
    23: Label("Hoa cảnh", "Flowers"),
    24: Label("Cây cảnh", "Ornamental plants"),
    25: Label("Vật nuôi cảnh", "Ornamental animals"),
    26: Label("Du lịch cộng đồng, sinh thái", "Community and nature tourism"),
}
