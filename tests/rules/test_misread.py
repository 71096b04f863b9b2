"""Text in the codes of old fonts, or wrongly decoded: recognised, and nothing else is."""

import ast
import csv
import gettext
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from rules.misread import Code, misread
from rules.syllables import is_syllable
from tests.rules.old_codes import CODES

ROOT = Path(__file__).parents[2]
_FOREIGN = (
    "Loïc Noël;Caïn;Naïm;Riz thaï;Saïgon;Citroën;Café Crème;Crème brûlée;Pâté de foie gras;Où;Aún;"
    "Señor Peña;São Paulo;João;Pão de Açúcar;Conceição;Jürgen Böhm;Malmö;Bjørn Ångström;Smørrebrød;"
    "Lü Bü;Nestlé;L'Oréal;Hermès;Moët & Chandon;Häagen-Dazs;Bébé;Zoé;Haïti;Maïs doux;Huîtres;Größe;"
    "Così;Nicolò;Tiramisù;Perù;Curaçao;Açaí;Łódź;Žižkov;Nový Jičín;Dvořák;İstanbul;Tõnu Õnnepalu;"
    "Hämeenlinna;Þingvellir;på kø;«Trà»;Thé vert;5 µm;10 µg;25°C;500g ± 5%;½ kg;1¼ lít;3×4 cm;"
    "2m×3m;"
    "tự nhiên®;OCOP™;©2023;§1;A·B;N·m;Trà xanh?;Có gì mới?;R&B;A&B;Đường&Mật;Đắk Lắk;Pleiku;Ý Dĩ;"
    "“LÀNG XÃ”;XÃ;ĐÃ KIỂM ĐỊNH;HÀNG HOÁ;Thuý Kiều;hòa;hoà;Skốth;Raúl;Begoña;Käse;Brötchen;El Niño;"
    "sầu riêng vĩnh haò;Kem Flan Crème Caramel;Rượu Bordeaux Château;Phú Quốc – Red Boat 40°N"
)
FOREIGN = re.split(";", _FOREIGN)


def cells() -> list[str]:
    file = ROOT / "data" / "an-giang-2023-products.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [cell for line in csv.reader(lines) for cell in line]


def own_words() -> Iterator[str]:
    """Every text in the data of the rules, and in what the platform says to people."""
    for file in sorted(ROOT.glob("rules/data/**/*.yaml")):
        yield from file.read_text(encoding="utf-8").splitlines()
    for folder in ("contracts", "services", "chassis", "gateway", "portal"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from re.findall(r"\w+", node.value)


def holidays() -> Iterator[str]:
    """The names of holidays in more than a hundred languages, as a library keeps them."""
    for folder in files("holidays").joinpath("locale").iterdir():
        for file in folder.joinpath("LC_MESSAGES").iterdir():
            with file.open("rb") as compiled:
                yield from gettext.GNUTranslations(compiled)._catalog.values()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("texts", [cells, own_words, holidays, FOREIGN.copy])
def test_what_is_as_its_author_wrote_it_is_left_in_peace(texts, form):
    """Also as macOS writes it, each mark apart."""
    found = [unicodedata.normalize(form, one) for one in texts() if one]
    assert len(found) > 50
    assert {one: misread(one) for one in found if misread(one)} == {}


@pytest.mark.parametrize("code", CODES)
def test_the_report_is_recognised_in_every_code(code):
    """Nine rows of a hundred in ten, cell by cell: what one cell cannot show its row does."""
    missed, wrong = [], []
    shown = [(cell, CODES[code](cell)) for cell in cells()]
    for cell, otherwise in shown:
        found = misread(otherwise)
        if otherwise != cell and found is None:
            missed.append(otherwise)
        elif found and found.reading and found.reading.lower() != cell.lower():
            wrong.append((cell, found.reading))
    assert wrong == []
    kept = {"Hé kinh doanh ANAS", "Hé kinh doanh Kim Loan", "Hé kinh doanh Phó Vinh"}
    assert set(missed) - kept == set()


@pytest.mark.parametrize(
    ("shown", "code", "reading"),
    [
        ("S¶n phÈm", Code.TCVN3, "Sản phẩm"),
        ("C¤NG TY Cæ PHÇN", Code.TCVN3, "CÔNG TY Cổ PHầN"),
        ("Trµ", Code.TCVN3, "Trà"),
        ("®­êng thèt nèt", Code.TCVN3, "đường thốt nốt"),
        ("Nh·n xuång", Code.TCVN3, "Nhãn xuồng"),
        ("Saûn phaåm", Code.VNI, "Sản phẩm"),
        ("COÂNG TY COÅ PHAÀN", Code.VNI, "CÔNG TY CỔ PHẦN"),
        ("Ñöôøng thoát noát", Code.VNI, "Đường thốt nốt"),
        ("Gaïo thôm", Code.VNI, "Gạo thơm"),
        ("Gaòo thõm", Code.CP1258, "Gạo thơm"),
        ("Gáº¡o thÆ¡m", Code.UTF8, "Gạo thơm"),
        ("TrÃ\u00a0", Code.UTF8, "Trà"),
        ("TrÃ xanh", Code.UTF8, "Trà xanh"),
        ("â€œTrÃ xanhâ€\x9d", Code.UTF8, "“Trà xanh”"),
        ("G&#7841;o th&#417;m", Code.HTML, "Gạo thơm"),
        ("Tr&agrave;", Code.HTML, "Trà"),
        ("G\ufffdo", Code.LOST, None),
        ("G?o th?m", Code.LOST, None),
        ("?ông trùng", Code.LOST, None),
        ("x? V?nh", Code.LOST, None),
        ("Trà Th?", Code.LOST, None),
    ],
)
def test_a_single_cell_is_recognised(shown, code, reading):
    assert misread(shown) == (code, reading)


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("nghiêng", True), ("khuỷu", True), ("quý", True), ("già", True), ("hoà", True),
        ("hòa", True), ("ĐƯỜNG", True), ("Thuyền", True), ("ướt", True), ("traì", False),
        ("thòt", False), ("phÈm", False), ("coong", True), ("Loïc", False), ("müesli", False),
    ],
)  # fmt: skip
def test_a_syllable_has_its_parts_and_its_tone_in_their_places(word, ours):
    assert is_syllable(word) is ours
