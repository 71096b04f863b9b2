"""Our templates make every paper as it ought to look; an agency's may stand before them."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import segno
from docx import Document

from services.evaluation.adapters.papers import word_templates
from services.evaluation.adapters.papers.checking import STRAY, checked
from services.evaluation.adapters.papers.child import TOO_LONG, TOO_MUCH
from services.evaluation.adapters.papers.rendering import Made, Renderer, WrongTemplate
from services.evaluation.adapters.papers.templates import OURS
from services.evaluation.domain.paper_examples import EXAMPLES
from services.evaluation.domain.papers import CONTENTS, Format, Kind

ROOT = Path(__file__).parents[2]
A4_MM = (210, 297)
LANDSCAPE = {Kind.SHEET, Kind.SUMMARY, Kind.CERTIFICATE}
SAYS = {
    Kind.SHEET: ["PHIẾU ĐÁNH GIÁ, CHẤM ĐIỂM", "Ủy viên Mẫu Một", "Khô cá lóc mẫu", "TỔNG ĐIỂM"],
    Kind.SUMMARY: ["BẢNG TỔNG HỢP", "67,80", "92,25", "Chấm lại lần 2", "tiềm năng 4 sao"],
    Kind.MINUTES: [
        "BIÊN BẢN", "Số: 01/BB-HĐ", "05/06 thành viên", "rời phiên họp lúc 15 giờ 15 phút",
        "Ủy viên Mẫu Hai (đi công tác, có báo trước)", "Thư ký Mẫu không chấm điểm",
        "do Thư ký Mẫu nhập, Phó Chủ tịch Mẫu đối chiếu", "TM. HỘI ĐỒNG",
    ],
    Kind.REPORT: ["BÁO CÁO", "Kính gửi: Ủy ban nhân dân Huyện Mẫu", "Nơi nhận:", "- Lưu: VT."],
    Kind.DECISION: [
        "Số: 12/QĐ-UBND", "Căn cứ Luật Tổ chức chính quyền địa phương;", "Điều 3.",
        "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHỤ LỤC", "Công ty TNHH Thử & Nghiệm",
    ],
    Kind.CERTIFICATE: ["GIẤY CHỨNG NHẬN", "01/2026/OCOP-HM", "đến hết ngày 02/02/2029"],
}  # fmt: skip
NATION = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]


@pytest.fixture(scope="module")
def ours() -> Callable[[Kind, Format], Made]:
    """Every example, made once."""
    made: dict[tuple[Kind, Format], Made] = {}

    def make(kind: Kind, format: Format) -> Made:
        if (kind, format) not in made:
            made[kind, format] = Renderer().file("huyen-mau", EXAMPLES[kind](), format)
        return made[kind, format]

    return make


def flat(text: str) -> str:
    return " ".join(text.split())


def document_text(content: bytes) -> str:
    """All of it, tables included, as it stands in the XML."""
    body = Document(io.BytesIO(content)).element.body
    paragraphs = body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p")
    return flat("\n".join(one.text for one in paragraphs))


def above(page: Any) -> str:
    """What stands in the upper margin."""
    width, height = page.get_size()
    box = {"left": 0, "right": width, "bottom": height - 20 * 72 / 25.4, "top": height}
    return page.get_textpage().get_text_bounded(**box).strip()


@pytest.mark.parametrize("kind", Kind)
def test_a_pdf_is_laid_out_as_a_paper(kind: Kind, ours: Callable[..., Made]) -> None:
    pages = list(pypdfium2.PdfDocument(ours(kind, Format.PDF).content))
    text = flat("\n".join(page.get_textpage().get_text_range() for page in pages))
    assert [words for words in (*NATION, *SAYS[kind]) if words not in text] == []
    size = tuple(round(side / 72 * 25.4) for side in pages[0].get_size())
    assert size == (A4_MM[::-1] if kind in LANDSCAPE else A4_MM)
    numbers = ["", *(str(number) for number in range(2, len(pages) + 1))]
    assert [above(page) for page in pages] == numbers


@pytest.mark.parametrize("kind", Kind)
def test_a_pdf_has_the_font_of_papers_and_no_other(kind: Kind, ours: Callable[..., Made]) -> None:
    document = pypdfium2.PdfDocument(ours(kind, Format.PDF).content)
    fonts = {
        one.get_font().get_base_name().partition("+")[2].partition("-")[0]
        for page in document
        for one in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    assert fonts == {"Liberation"} or fonts == {"LiberationSerif"}


@pytest.mark.parametrize("kind", Kind)
def test_a_docx_says_the_same(kind: Kind, ours: Callable[..., Made]) -> None:
    content = ours(kind, Format.DOCX).content
    text = document_text(content)
    assert [words for words in (*NATION, *SAYS[kind]) if words not in text] == []
    assert ("{{" in text, "{%" in text) == (False, False)
    section = Document(io.BytesIO(content)).sections[0]
    size = (round(section.page_width.mm), round(section.page_height.mm))
    assert size == (A4_MM[::-1] if kind in LANDSCAPE else A4_MM)


def test_the_qr_code_leads_to_the_certificates_check(ours: Callable[..., Made]) -> None:
    said = EXAMPLES[Kind.CERTIFICATE]()
    drawn = io.BytesIO()
    segno.make(said.check_url, error="m").save(drawn, kind="png", scale=8, border=0)
    with zipfile.ZipFile(io.BytesIO(ours(Kind.CERTIFICATE, Format.DOCX).content)) as parts:
        pictures = [parts.read(one) for one in parts.namelist() if one.startswith("word/media/")]
    assert pictures == [drawn.getvalue()]


@pytest.mark.parametrize("kind", Kind)
def test_our_docx_templates_are_as_they_are_drawn(kind: Kind) -> None:
    """If not: python -m services.evaluation.adapters.papers.word_templates"""
    assert parts(word_templates.DRAWN[kind]().content) == parts(
        (OURS / f"{kind}.docx").read_bytes()
    )


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


# -- an agency's own


def minutes(folder: Path, tenant: str = "huyen-mau") -> str:
    made = Renderer(folder, seconds=3).file(tenant, EXAMPLES[Kind.MINUTES](), Format.PDF)
    document = pypdfium2.PdfDocument(made.content)
    return flat("\n".join(page.get_textpage().get_text_range() for page in document))


def test_a_tenants_template_stands_before_the_deployments_and_that_before_ours(
    tmp_path: Path,
) -> None:
    (tmp_path / "tinh-mau").mkdir()
    (tmp_path / "minutes.html").write_text("<p>của cả hệ thống: {{ record.place }}")
    (tmp_path / "tinh-mau" / "minutes.html").write_text("<p>của tỉnh: {{ record.council }}")
    said = EXAMPLES[Kind.MINUTES]().record
    assert minutes(tmp_path) == f"của cả hệ thống: {said.place}"
    assert minutes(tmp_path, "tinh-mau") == f"của tỉnh: {said.council}"
    report = Renderer(tmp_path).file("tinh-mau", EXAMPLES[Kind.REPORT](), Format.PDF)
    assert report.template == Renderer().file("", EXAMPLES[Kind.REPORT](), Format.PDF).template


def test_which_template_was_used_is_known_by_all_that_it_read(tmp_path: Path) -> None:
    def used() -> str:
        made = Renderer(tmp_path).file("", EXAMPLES[Kind.MINUTES](), Format.PDF)
        return made.template.sha256

    (tmp_path / "minutes.html").write_text('{% include "words.html" %}')
    (tmp_path / "words.html").write_text("<p>một")
    first = used()
    assert used() == first
    (tmp_path / "words.html").write_text("<p>hai")
    assert used() != first


def test_a_template_may_begin_with_ours(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text(
        '{% extends "ocop/base.html" %}{% block style %}p { color: navy }{% endblock %}'
    )
    assert "BIÊN BẢN" in minutes(tmp_path)


def docx_of(*paragraphs: str) -> bytes:
    document, out = Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


HARMFUL = {
    "reads a file": ("report.html", '<img src="file:///etc/hostname">', "file:///etc/hostname"),
    "reads the web": ("report.html", '<img src="http://127.0.0.1:9/x">', "http://127.0.0.1:9/x"),
    "reads by style": (
        "report.html", '<style>@import "file:///etc/hostname"</style>x', "file:///etc/hostname",
    ),
    "attaches a file": (
        "report.html", '<link rel=attachment href="file:///etc/hostname">x', "file:///etc/hostname",
    ),
    "includes a file": ("report.html", '{% include "/etc/hostname" %}', "“/etc/hostname”"),
    "climbs": ("report.html", '{% include "../secret.html" %}', "“../secret.html”"),
    "reaches Python": ("report.html", '{{ "".__class__.__mro__ }}', "__class__"),
    "unknown field": ("report.html", "{{ record.budget }}", "không có trường “budget”"),
    "unknown name": ("report.html", "{% for a in budgets %}{% endfor %}", "“budgets”"),
    "syntax": ("report.html", "<p>\n{% for %}", "dòng 2"),
    "no HTML at all": ("report.html", "", None),
    "wrong filter": ("report.html", "{{ to | decimal }}", "AttributeError"),
    "much memory": ("report.html", "{{ 'a' * 9999999999 }}", TOO_MUCH.vi),
    "loops": (
        "report.html",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        TOO_LONG.vi,
    ),
    "no DOCX": ("report.docx", b"x", "không phải tệp DOCX"),
    "DOCX, unknown field": ("report.docx", docx_of("{{ record.budget }}"), "“budget”"),
    "DOCX, reaches Python": ("report.docx", docx_of('{{ "".__class__ }}'), "__class__"),
    "DOCX, the library": ("certificate.docx", docx_of("{{ qr._image.tpl }}"), "_image"),
    "DOCX, loops": (
        "report.docx",
        docx_of("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
        TOO_LONG.vi,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_what_a_template_may_not_do_is_said_to_whoever_wrote_it(name: str, tmp_path: Path) -> None:
    file, content, told = HARMFUL[name]
    (tmp_path / "secret.html").write_text("mật")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    kind, format = Kind(file.partition(".")[0]), Format.DOCX if ".docx" in file else Format.PDF
    renderer = Renderer(folder, seconds=2)
    if told is None:
        assert renderer.file("", EXAMPLES[kind](), format).content.startswith(b"%PDF")
        return
    with pytest.raises(WrongTemplate) as wrong:
        renderer.file("", EXAMPLES[kind](), format)
    assert file in wrong.value.told.vi
    assert told in wrong.value.words.vi
    assert renderer.file("", EXAMPLES[Kind.SUMMARY](), format).content


CERTIFICATE_WORDS = (
    "{{ head.number }} {{ product }} {{ producer }} {{ decision.number }} {{ check_url }} "
    "{{ valid_from | day }} {{ valid_until | day }} {{ signatory.title }} {{ signatory.name }} "
    "{{ qr }}"
)
"""All that one has to say."""


@pytest.mark.parametrize(
    "left_out",
    ["{{ head.number }}", "{{ product }}", "{{ producer }}", "{{ valid_until | day }}",
     "{{ signatory.name }}", "{{ decision.number }}", "{{ check_url }}", "{{ qr }}"],
)  # fmt: skip
def test_a_template_that_leaves_out_what_a_certificate_has_to_say_makes_none(
    left_out: str, tmp_path: Path
) -> None:
    words = CERTIFICATE_WORDS.replace(left_out, "")
    (tmp_path / "certificate.docx").write_bytes(docx_of(words))
    page = words.replace("{{ qr }}", '<br><img src="{{ qr }}">')
    (tmp_path / "certificate.html").write_text(f"<style>img {{ width: 30mm }}</style>{page}")
    for format in Format:
        with pytest.raises(WrongTemplate, match=r"(does not show|QR code)"):
            Renderer(tmp_path).file("", EXAMPLES[Kind.CERTIFICATE](), format)


LONG = "Đường thốt nốt nguyên chất vùng Bảy Núi " * 8
NAMES = {
    "as long as may be": {"product": LONG[:300].strip(), "producer": LONG[1:299].strip(),
                          "address": LONG[2:300].strip()},
    "in one word": {"product": "Ệ" * 300, "producer": "W" * 300, "address": "ỹ" * 300},
    "an agency's": {"authority": LONG[:300].strip()},
    "a number's": {"head": {"number": "0123456789/2026/OCOP-" + "X" * 100}},
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_all_of_a_certificate_is_on_its_page_whatever_the_length_of_names(name: str) -> None:
    told = EXAMPLES[Kind.CERTIFICATE]().model_dump()
    changed = {
        field: told[field] | value if isinstance(value, dict) else value
        for field, value in NAMES[name].items()
    }
    said = CONTENTS[Kind.CERTIFICATE].model_validate(told | changed)
    for format in Format:
        assert Renderer().file("", said, format).content
    document = pypdfium2.PdfDocument(Renderer().file("", said, Format.PDF).content)
    assert len(document) == 1
    page = document[0]
    text = page.get_textpage()
    found = "".join(
        text.get_text_range(at, 1).replace("\ufffe", "-")
        for at in range(text.count_chars())
        if text.get_charbox(at)[1] > 0 and text.get_charbox(at)[0] > 0
    )
    shown = "".join(found.split())
    assert [one for one in said.required if "".join(one.split()) not in shown] == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("<div style='position: absolute; bottom: -60mm'>{{ head.number }}</div>", "does not show"),
        ("<div style='position: absolute; right: -90mm; width: 40mm'>{{ product }}</div>",
         "does not show"),
        ("<div style='position: absolute; top: 0'>{{ producer }} đè lên</div>", "lie over"),
        ("<p style='break-before: page'>x</p>", "does not fit one page"),
        ("<style>img { width: 3mm !important }</style>", "QR code cannot be scanned"),
    ],
)  # fmt: skip
def test_a_certificate_that_cannot_be_read_counts_as_not_made(
    broken: str, told: str, tmp_path: Path
) -> None:
    page = CERTIFICATE_WORDS.replace("{{ qr }}", '<br><img src="{{ qr }}">')
    if "{{ head.number }}" in broken or "{{ product }}" in broken:
        page = page.replace(broken[broken.index("{{") : broken.index("}}") + 2], "")
    (tmp_path / "certificate.html").write_text(
        f"<style>img {{ width: 30mm }} body {{ margin: 0 }}</style><div>{page}</div>{broken}"
    )
    with pytest.raises(WrongTemplate, match=told):
        Renderer(tmp_path).file("", EXAMPLES[Kind.CERTIFICATE](), Format.PDF)


def test_letters_of_other_scripts_are_drawn_by_a_font_that_has_them() -> None:
    """Each differs from what is drawn for a letter that no font has."""

    def drawn(product: str) -> bytes:
        said = EXAMPLES[Kind.CERTIFICATE]().model_copy(update={"product": product})
        made = Renderer().file("", said, Format.PDF).content
        return bytes(pypdfium2.PdfDocument(made)[0].render(scale=1).buffer)

    nothing = drawn("\u0378" * 2)
    for letters in ("ស្ករ", "椰糖", "🌴", "β", "ไทย"):
        assert drawn(letters) != nothing, letters
    assert len({drawn(one) for one in ("ស្ករ", "椰糖", "🌴🌴", "☘")}) == 4


def test_a_link_out_of_the_folder_is_no_template(tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("<p>mật")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "minutes.html").symlink_to(secret)
    assert "BIÊN BẢN" in minutes(folder)


def test_a_folder_is_checked_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "tinh-mau").mkdir()
    for file, text in {
        "minutes.html": "{{ record.council }}{% include 'logo.html' %}",
        "logo.html": "x",
        "minute.html": "misspelt",
        "tinh-mau/report.html": "{{ budget }}",
    }.items():
        (tmp_path / file).write_text(text.replace("'", '"'))
    (tmp_path / "tinh-mau" / "certificate.docx").write_bytes(docx_of(CERTIFICATE_WORDS))
    found = dict(checked(tmp_path))
    unknown = found.pop("tinh-mau/report.html")
    assert unknown is not None
    assert "budget" in unknown.en
    assert found == {
        "minutes.html": None, "minute.html": STRAY, "tinh-mau/certificate.docx": None,
    }  # fmt: skip


def test_a_folder_with_a_base_of_its_own_is_checked_for_every_paper(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text("{{ nothing }}")
    found = dict(checked(tmp_path))
    assert found.keys() == {f"{kind}.html" for kind in Kind}
    assert all(found.values())


@pytest.mark.parametrize("kind", ["http", "worker", "job", "cli"])
def test_no_process_loads_what_makes_papers(kind: str) -> None:
    """The children alone do; and a worker's eventlet would have no forkserver."""
    first = "import chassis.worker.patched\n" if kind == "worker" else ""
    loads = f"""{first}import sys
import services.evaluation.entrypoints.{kind}
loaded = ("weasyprint", "docx", "docxtpl", "segno", "zxingcpp", "pypdfium2")
print([one for one in loaded if one in sys.modules])"""
    done = subprocess.run([sys.executable, "-c", loads], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
