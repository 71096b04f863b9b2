"""What the platform does, chapter by chapter. Each can be told again and finds what it made."""

import tempfile
import unicodedata
from pathlib import Path
from typing import Any
from uuid import uuid4

from chassis.tokens import Role
from demo import judgement
from demo.platform import Partner, Platform, Refused, partner
from demo.telling import NotAsTold, awaited, chapter, holds, printed, seen, shown

PROVINCE, SAMPLE = "an-giang", "tinh-mau"
LIST = Path(__file__).parents[1] / "data" / "an-giang-2023-products.csv"
REPORTED_ON, SOURCE = "2023-12-31", "Báo cáo OCOP An Giang 2023, phụ lục II"
PRODUCTS, AWARDS = f"/{PROVINCE}/catalog/v1/products", f"/{PROVINCE}/dossier/v1/imports"
MADE_UP = """\
Hạng sao;Sản phẩm;Chủ thể;Địa chỉ
3;{name};Cơ sở Mẫu;"Ấp Mẫu, xã Mẫu, huyện Mẫu"
"""


def tell(platform: Platform) -> None:
    the_list_is_imported(platform)
    every_row_becomes_a_certificate(platform)
    people_find_them(platform)
    the_pages_show_them(platform)
    the_districts_are_counted(platform)
    with tempfile.TemporaryDirectory() as folder:
        with partner(platform, PROVINCE, Path(folder)) as marketplace:
            a_marketplace_follows(marketplace)
        with partner(platform, SAMPLE, Path(folder), sandbox=True) as marketplace:
            a_wrong_import_is_taken_back(platform, marketplace)
            with partner(platform, PROVINCE, Path(folder)) as public:
                judgement.tell(platform, sandbox=marketplace, public=public)
    the_demonstration_changed_nothing(platform)


def the_list_is_imported(platform: Platform) -> None:
    chapter(
        "1. Tỉnh nhập danh sách 108 sản phẩm đã công nhận", "the province imports the 108 products"
    )
    checked = send(platform, PROVINCE, LIST.name, LIST.read_bytes(), dry_run=True)
    holds(checked["counts"]["rows"], 108, "kiểm tra thử 108 dòng", "a dry run checks 108 rows")
    holds(checked["counts"]["wrong"], 0, "không dòng nào sai", "no row is wrong")
    noted = [row for row in checked["rows"] if row["messages"]]
    for row in noted[:3]:
        shown(f"dòng {row['row']}: {row['messages'][0]['vi']}")
    report = send(platform, PROVINCE, LIST.name, LIST.read_bytes())
    counts = report["counts"]
    holds(
        counts["new"] + counts["same"], 108,
        f"nhập: {counts['new']} dòng mới, {counts['same']} dòng đã có",
        f"imported: {counts['new']} new, {counts['same']} there before",
    )  # fmt: skip
    again = send(platform, PROVINCE, LIST.name, LIST.read_bytes())
    holds(again["counts"]["same"], 108, "nhập lại không đổi gì", "repeating it changes nothing")


def every_row_becomes_a_certificate(platform: Platform) -> None:
    chapter(
        "2. Mỗi dòng thành sản phẩm và giấy chứng nhận, qua sự kiện",
        "each row becomes a product and a certificate, by events",
    )

    def certified() -> int:
        return sum(1 for one in certificates(platform) if not one["annulled"])

    awaited(
        certified, 108, "dịch vụ đánh giá có 108 giấy chứng nhận", "108 certificates registered"
    )
    imports = platform.get(AWARDS, role=Role.ADMINISTRATOR)["items"]
    for one in imports:
        if one.get("withdrawal") is None:
            path = f"{AWARDS}/{one['id']}"
            awaited(
                lambda path=path: platform.get(path, role=Role.ADMINISTRATOR)["pending"], 0,
                "mọi dòng của lần nhập đã xong", "every row of the import is done",
            )  # fmt: skip
    producers = everything(platform, f"/{PROVINCE}/dossier/v1/producers")
    holds(len(producers), 79, "79 chủ thể như đã viết", "79 producers as written")
    likely = platform.get(f"/{PROVINCE}/dossier/v1/producers/likenesses", role=Role.ADMINISTRATOR)
    for one in likely["items"][:3]:
        shown("có thể là một: " + " | ".join(each["name"] for each in one["producers"]))
    seen("chỉ gợi ý, không tự gộp", "proposed, never merged by itself")


def people_find_them(platform: Platform) -> None:
    chapter("3. Người dân tìm sản phẩm", "the public finds them")
    awaited(
        lambda: platform.get(PRODUCTS, limit=1)["total"], 108,
        "tìm thấy 108 sản phẩm", "108 products are found",
    )  # fmt: skip
    accented = found(platform, "đường thốt nốt")
    holds(bool(accented), True, f"“đường thốt nốt”: {len(accented)}", "with diacritics")
    for written, vi, en in (
        ("duong thot not", "không dấu", "without diacritics"),
        (unicodedata.normalize("NFD", "đường thốt nốt"), "dạng tổ hợp NFD", "in NFD"),
        ("ĐƯỜNG THỐT NỐT", "chữ hoa", "in capitals"),
    ):
        holds(
            set(found(platform, written)) >= set(accented), True, f"{vi}: như nhau", f"{en}: same"
        )
    four = platform.get(PRODUCTS, star=4, limit=100)
    potential = [one for one in four["items"] if one["potential"] == 5]
    holds(
        (four["total"], len(potential)), (10, 3),
        "4 sao: 10 sản phẩm, 3 tiềm năng 5 sao", "4 stars: 10, of which 3 are potential 5",
    )  # fmt: skip
    holds(
        [one["certificate"]["expires_on"] for one in four["items"]], [None] * 10,
        "ngày hết hạn: chưa biết, không nói là còn hiệu lực", "expiry unknown, never said valid",
    )  # fmt: skip


def the_pages_show_them(platform: Platform) -> None:
    chapter("4. Trang web", "the pages")
    status, text = platform.page("/?q=thot+not")
    holds((status, "hốt nốt" in text), (200, True), "trang tìm kiếm", "the search page")
    one = platform.get(PRODUCTS, q="thốt nốt", limit=1)["items"][0]
    status, text = platform.page(f"/san-pham/{one['id']}")
    holds(
        (status, one["producer"]["name"].split()[-1] in text), (200, True),
        f"trang sản phẩm {one['name']}", "a product's page",
    )  # fmt: skip


def the_districts_are_counted(platform: Platform) -> None:
    chapter(
        "5. Bảng các huyện, đếm từ dữ liệu, cạnh số của báo cáo",
        "the districts, counted, beside the report's figures",
    )
    table = platform.get(
        f"/{PROVINCE}/catalog/v1/district-table", as_of=REPORTED_ON, role=Role.OFFICER
    )
    columns = table["columns"]
    rows = [[row["unit"], *_texts(columns, row["cells"])] for row in table["rows"]]
    rows.append(["Tổng · total", *_texts(columns, table["total"])])
    printed(["", *(one["label"]["vi"] for one in columns)], rows)
    counted = [one["name"] for one in columns if one["basis"] == "counted"]
    cells = [row["cells"][name] for row in table["rows"] for name in counted]
    equal = sum(cell["counted"] == cell["reported"] for cell in cells)
    holds((len(cells), equal), (55, 55), "55 ô đếm bằng báo cáo", "55 counted cells equal")
    seen(
        "mỗi ô: đếm được / báo cáo; các cột khác là số nhập",
        "each cell: counted / reported; the other columns are marked as entered",
    )


def _texts(columns: list[Any], cells: dict[str, Any]) -> list[str]:
    return [cell_text(cells.get(one["name"], {})) for one in columns]


def cell_text(cell: dict[str, Any]) -> str:
    """Counted and reported side by side; an entered figure is marked; blank is not zero."""
    if "counted" in cell:
        return f"{cell['counted']} / {cell.get('reported', '-')}"
    entered = cell.get("entered")
    return "-" if entered is None else f"{entered} (nhập)"


def a_marketplace_follows(marketplace: Partner) -> None:
    chapter("6. Một sàn nhận danh mục", "a marketplace follows the catalogue")
    arrived = marketplace.follow()
    for one in arrived[:3]:
        shown(f"{one['star']} sao  {one['name']}, {one['producer']['name']}")
    holds(len(arrived), 108, "ảnh chụp đầu: 108 sản phẩm", "the snapshot brings 108 products")
    holds(marketplace.follow(), [], "tiếp tục từ chỗ đã dừng, không lặp", "goes on where it was")


def a_wrong_import_is_taken_back(platform: Platform, marketplace: Partner) -> None:
    """With a product of this telling's own: others may try things in the sample province too."""
    chapter(
        "7. Ở tỉnh mẫu: nhập nhầm, rồi thu hồi", "in the sample province: a mistake is taken back"
    )
    marketplace.follow()
    name = f"Đường thốt nốt mẫu {uuid4().hex[:6]} (không có thật)"
    report = send(platform, SAMPLE, "nhap-nham.csv", MADE_UP.format(name=name).encode())
    holds(report["counts"]["new"], 1, "nhập 1 sản phẩm bịa", "one made-up product imported")
    made_up = report["rows"][0]["product_id"]

    def shown_in(tenant: str) -> bool:
        return made_up in found(platform, name, tenant)

    def told_of_it() -> list[bool]:
        return [one["listed"] for one in marketplace.follow() if one["id"] == made_up]

    awaited(lambda: shown_in(SAMPLE), True, "tìm thấy ở tỉnh mẫu", "found in the sample province")
    holds(shown_in(PROVINCE), False, "không thấy ở An Giang", "not found in An Giang")
    holds(told_of_it(), [True], "luồng thử báo cho sàn", "the sandbox stream tells it")
    path = f"/{SAMPLE}/dossier/v1/imports/{report['id']}/withdrawal"
    platform.post(path, {"reason": "Nhập nhầm, làm mẫu"}, role=Role.ADMINISTRATOR)
    awaited(lambda: shown_in(SAMPLE), False, "thu hồi: hết trong tìm kiếm", "taken back: gone")
    holds(told_of_it(), [False], "sàn được báo ngừng niêm yết", "the marketplace is told")


def the_demonstration_changed_nothing(platform: Platform) -> None:
    chapter("13. Dữ liệu thật vẫn nguyên", "the real data stays as it was")
    holds(platform.get(PRODUCTS, limit=1)["total"], 108, "An Giang: 108", "An Giang: 108")
    for role, tenant, status, vi, en in (
        (None, "", 401, "không có thẻ", "without a token"),
        (Role.ADMINISTRATOR, SAMPLE, 404, "thẻ của tỉnh khác", "with another province's token"),
        (Role.OFFICER, PROVINCE, 403, "sai vai trò", "in another role"),
    ):
        refused = platform.refusal(AWARDS, role, tenant)
        holds(refused, status, f"cửa nhập đóng khi {vi}: {status}", f"no import {en}: {status}")


def send(
    platform: Platform, tenant: str, name: str, content: bytes, *, dry_run: bool = False
) -> Any:
    path = f"/{tenant}/dossier/v1/imports?dry_run={str(dry_run).lower()}"
    try:
        return platform.send(
            path, (name, content), role=Role.ADMINISTRATOR,
            reported_on=REPORTED_ON, source=SOURCE if tenant == PROVINCE else "Bảng mẫu",
        )  # fmt: skip
    except Refused as refused:
        raise NotAsTold(f"{name}: {refused}") from refused


def found(platform: Platform, query: str, tenant: str = PROVINCE) -> list[str]:
    page = platform.get(f"/{tenant}/catalog/v1/products", q=query, limit=100)
    return [one["id"] for one in page["items"]]


def certificates(platform: Platform) -> list[Any]:
    return everything(platform, f"/{PROVINCE}/evaluation/v1/certificates")


def everything(platform: Platform, path: str) -> list[Any]:
    """All pages of a list."""
    items: list[Any] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = platform.get(path, role=Role.ADMINISTRATOR, **query)
        items += page["items"]
        if not page["after"]:
            return items
        query["after"] = page["after"]
