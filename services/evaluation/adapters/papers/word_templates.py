"""Draws our own DOCX templates, which say what the HTML ones say.

python -m services.evaluation.adapters.papers.word_templates

They lie in services/evaluation/templates, where an agency takes one to make its own of it in Word.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from services.evaluation.adapters.papers.templates import OURS, SUFFIX
from services.evaluation.domain.papers import Format, Kind

FONT = "Times New Roman"
CENTRE, LEFT, JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
)  # fmt: skip
MARGINS = (20, 15, 20, 30)
WIDE_MARGINS = (20, 15, 20, 20)
DATED = (
    "{{ head.place }}, "
    '{{ head.on | long_day if head.on else "ngày ..... tháng ..... năm ......." }}'
)
BLANK = '"........"'


class Column(NamedTuple):
    title: str
    width: float | None  # mm; None: what is left
    text: str
    centred: bool = False


class Drawing:
    """A document of A4 with the margins (top, right, bottom, left, in mm) and fonts of a paper."""

    def __init__(self, *, wide: bool = False, margins: Sequence[float] | None = None) -> None:
        self.document = Document()
        top, right, bottom, left = margins or (WIDE_MARGINS if wide else MARGINS)
        section = self.document.sections[0]
        width, height = (297, 210) if wide else (210, 297)
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.header_distance = Mm(10)
        self.width = width - left - right
        self._normal()
        self._numbered(section)

    def _normal(self) -> None:
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(14)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(script), FONT)
        normal.paragraph_format.space_after = Pt(0)
        normal.paragraph_format.line_spacing = 1.1

    def _numbered(self, section: Any) -> None:
        """From the second page on, above."""
        section.different_first_page_header_footer = True
        above = section.header.paragraphs[0]
        above.alignment = CENTRE
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = above.add_run()
            mark = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark.text = text
            run._r.append(mark)

    def line(
        self, text: str, *, at: Any = CENTRE, size: float = 14, bold: bool = False,
        italic: bool = False, after: float = 0, before: float = 0, into: Any = None,
        underline: bool = False, next: bool = False,
    ) -> Paragraph:  # fmt: skip
        """A paragraph; `next`: on the same page as what follows."""
        paragraph = (into or self.document).add_paragraph()
        paragraph.alignment = at
        form = paragraph.paragraph_format
        form.space_after, form.space_before, form.keep_with_next = Pt(after), Pt(before), next
        run = paragraph.add_run(text)
        run.bold, run.italic, run.underline = bold or None, italic or None, underline or None
        run.font.size = Pt(size)
        return paragraph

    def text(self, text: str, *, lead: str = "", italic: bool = False) -> Paragraph:
        """Of the body; `lead` is bold before it."""
        paragraph = self.line("", at=JUSTIFIED, after=6)
        paragraph.paragraph_format.first_line_indent = Mm(10)
        if lead:
            paragraph.add_run(lead).bold = True
        paragraph.add_run(text).italic = italic or None
        return paragraph

    def title(self, text: str, *, after: float = 4) -> None:
        self.line(text, at=LEFT, bold=True, before=6, after=after, next=True)

    def rule(self, share: float = 0.22, *, into: Any = None, width: float | None = None) -> None:
        """A short line under a heading."""
        paragraph = self.line("", size=2, before=3, after=6, into=into)
        beside = Mm((width or self.width) * (1 - share) / 2)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = beside
        borders = OxmlElement("w:pBdr")
        border = OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
        paragraph._p.get_or_add_pPr().append(borders)

    @contextmanager
    def each(self, loop: str) -> Iterator[None]:
        """What is drawn inside is repeated."""
        self.document.add_paragraph("{%p for " + loop + " %}")
        yield
        self.document.add_paragraph("{%p endfor %}")

    @contextmanager
    def only(self, condition: str) -> Iterator[None]:
        """What is drawn inside is there under this condition."""
        self.document.add_paragraph("{%p if " + condition + " %}")
        yield
        self.document.add_paragraph("{%p endif %}")

    def beside(self, *widths: float) -> list[_Cell]:
        """Cells without borders beside one another."""
        return list(self._table(widths).rows[0].cells)

    def heading(self, *, number: bool = True, dated: bool = True) -> None:
        left, right = self.beside(self.width * 0.43, self.width * 0.57)
        for_stack = ' | upper | replace("ỦY BAN NHÂN DÂN ", "ỦY BAN NHÂN DÂN\\n") }}'
        above = _first(left, "{%p if head.above %}")
        above.alignment = CENTRE
        self.line("{{ head.above" + for_stack, size=13, into=left)
        self.line("{%p endif %}", into=left)
        self.line("{{ head.agency" + for_stack, size=13, bold=True, into=left)
        self.rule(0.35, into=left, width=self.width * 0.43 - 4)
        country = _first(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        country.alignment = CENTRE
        country.runs[0].bold, country.runs[0].font.size = True, Pt(12)
        self.line("Độc lập - Tự do - Hạnh phúc", bold=True, size=13.5, underline=True, into=right)
        if number or dated:
            left, right = self.beside(self.width * 0.43, self.width * 0.57)
            below = _first(left, "Số: {{ head.number or " + BLANK + " }}" if number else "")
            below.alignment = CENTRE
            for run in below.runs:
                run.font.size = Pt(13)
            date = _first(right, DATED)
            date.alignment = CENTRE
            date.runs[0].italic, date.runs[0].font.size = True, Pt(13.5)

    def name(self, kind: str, about: str = "") -> None:
        """The paper's kind, and below it what it is about."""
        self.line(kind, bold=True, size=15, before=12)
        if about:
            self.line(about, bold=True)
        self.rule()

    def listing(
        self, columns: Sequence[Column], *loops: str, size: float = 12, last: Sequence[str] = ()
    ) -> None:
        """A table with borders: its heading, a row for each of `loops`, one inside the other, and
        perhaps a `last` row."""
        given = sum(one.width or 0 for one in columns)
        open_ones = sum(one.width is None for one in columns)
        left = (self.width - given) / (open_ones or 1)
        table = self._table([one.width or left for one in columns], borders=True)
        ats = [CENTRE if one.centred else LEFT for one in columns]
        for cell, one in zip(table.rows[0].cells, columns, strict=True):
            _fill(cell, one.title, size, CENTRE, bold=True)
        _mark(table.rows[0], "w:tblHeader")
        for one in loops:
            _tag(table, "{%tr for " + one + " %}")
        row = table.add_row()
        _mark(row, "w:cantSplit")
        for cell, one, at in zip(row.cells, columns, ats, strict=True):
            _fill(cell, one.text, size, at)
        for _ in loops:
            _tag(table, "{%tr endfor %}")
        if last:
            for cell, text, at in zip(table.add_row().cells, last, ats, strict=True):
                _fill(cell, text, size, at, bold=True)
        self.line("", size=4)

    def signed(self, of: str) -> None:
        """The closing block: the recipients and a signature."""
        self.hold()
        left, right = self.beside(*[self.width / 2] * 2)
        self.recipients(left)
        self.signature(of, right)

    def signed_by_two(self, *signatories: str) -> None:
        """The titles beside one another, and below them the names."""
        self.hold()
        for draw in (self._titles, self._name):
            for of, cell in zip(signatories, self.beside(*[self.width / 2] * 2), strict=True):
                draw(of, cell)
                _drop_first(cell)

    def hold(self) -> None:
        """No closing block is alone on its page."""
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.line("", size=6, next=True)

    def signature(self, of: str, cell: _Cell) -> None:
        self._titles(of, cell)
        self._name(of, cell)
        _drop_first(cell)

    def _titles(self, of: str, cell: _Cell) -> None:
        self.line("{%p for form in " + of + ".forms %}", into=cell)
        self.line("{{ form }}", bold=True, into=cell, next=True)
        self.line("{%p endfor %}", into=cell)
        self.line("{{ " + of + ".title }}", bold=True, after=58, into=cell, next=True)

    def _name(self, of: str, cell: _Cell) -> None:
        self.line("{{ " + of + '.name or "" }}', bold=True, into=cell)

    def recipients(self, cell: _Cell) -> None:
        self.line("Nơi nhận:", at=LEFT, size=12, bold=True, italic=True, into=cell)
        self.line("{%p for name in recipients %}", into=cell)
        self.line('- {{ name }}{{ "." if loop.last else ";" }}', at=LEFT, size=11, into=cell)
        self.line("{%p endfor %}", into=cell)
        _drop_first(cell)

    def _table(self, widths: Sequence[float], *, borders: bool = False) -> Table:
        table = self.document.add_table(1, len(widths))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        if borders:
            table.style = "Table Grid"
        _margins(table, 0.8 if borders else 0)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
        return table

    @property
    def content(self) -> bytes:
        made = io.BytesIO()
        self.document.save(made)
        return made.getvalue()


def _first(cell: _Cell, text: str) -> Paragraph:
    """A cell has an empty paragraph from the beginning."""
    paragraph = cell.paragraphs[0]
    if text:
        paragraph.add_run(text)
    return paragraph


def _drop_first(cell: _Cell) -> None:
    """Once there are others."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _fill(cell: _Cell, text: str, size: float, at: Any, *, bold: bool = False) -> None:
    paragraph = _first(cell, text)
    paragraph.alignment = at
    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = 1.0, Pt(1.5), Pt(1.5)
    for run in paragraph.runs:
        run.bold, run.font.size = bold or None, Pt(size)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _tag(table: Table, tag: str) -> None:
    table.add_row().cells[0].paragraphs[0].add_run(tag)


def _mark(row: Any, name: str) -> None:
    """w:tblHeader: on every page that the table reaches; w:cantSplit: not over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _margins(table: Table, mm: float) -> None:
    """Of each cell, beside its text."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Mm(mm).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def sheet() -> Drawing:
    paper = Drawing(wide=True)
    paper.heading(number=False)
    paper.name("PHIẾU ĐÁNH GIÁ, CHẤM ĐIỂM SẢN PHẨM OCOP")
    for text in (
        "Người chấm: {{ member.name }} – {{ member.seat }}"
        "{% if member.position %} – {{ member.position }}{% endif %}",
        "{{ council }}, thành lập theo Quyết định số {{ decision.number }} ngày "
        "{{ decision.on | day }} của {{ decision.agency }}",
        "Phiên họp: {{ held_at | moment }}, tại {{ place }}. Bộ tiêu chí: {{ edition }}",
    ):
        paper.line(text, at=JUSTIFIED, after=6)
    paper.title("1. Sản phẩm")
    paper.listing(
        [
            Column("TT", 11, "{{ line.number }}", True),
            Column("Sản phẩm", None, "{{ line.product }}"),
            Column("Chủ thể", None, "{{ line.producer }}"),
            Column("Bộ sản phẩm", 80, "{{ line.set_number }}. {{ line.set_label }}"),
            Column(
                "Tổng điểm", 34,
                '{{ "–" if totals[line.number] is none else totals[line.number] }}', True,
            ),
        ],
        "line in lines",
    )  # fmt: skip
    paper.title("2. Điểm theo tiêu chí")
    paper.line(
        "Mỗi ô: điểm, trong ngoặc là số thứ tự của phương án được chọn trên phiếu. "
        "Dòng không có ngoặc: cộng điểm.",
        at=LEFT, size=11.5, italic=True, after=4,
    )  # fmt: skip
    with paper.each("table in tables"):
        paper.line(
            "Bộ {{ table.set_number }}. {{ table.set_label }}"
            "{% if table.case %} – {{ table.case }}{% endif %}",
            at=LEFT, size=13, bold=True, before=6, after=3, next=True,
        )  # fmt: skip
        paper.listing(
            [
                Column("Tiêu chí", None, "{{ row.code }}. {{ row.label }}"),
                Column("Tối đa", 15, "{{ row.most }}", True),
                *_repeated(
                    "column in table.columns",
                    "SP {{ column.number }}{% if column.round > 1 %} lần {{ column.round }}"
                    "{% endif %}",
                    "point in row.points",
                    "{{ point }}{% if row.options %}\u00a0({{ row.options[loop.index0] }})"
                    "{% endif %}",
                    15,
                ),
            ],
            "row in table.rows", size=11,
            last=(
                "TỔNG ĐIỂM", "100", "{%tc for column in table.columns %}", "{{ column.total }}",
                "{%tc endfor %}",
            ),
        )  # fmt: skip
    paper.title("3. Ghi chú")
    with paper.each("one in not_scored"):
        paper.text("Không chấm sản phẩm số {{ one.number }}: {{ one.reason }}.")
    with paper.each("table in tables"), paper.each("one in table.columns if one.entered_by"):
        paper.text(
            "Sản phẩm số {{ one.number }}: chấm trên giấy, {{ one.entered_by }} nhập, "
            "{{ one.confirmed_by }} đối chiếu."
        )
    with paper.each("one in remarks"):
        paper.text("{{ one }}")
    paper.text("Các sản phẩm khác: không có ghi chú.")

    paper.hold()
    _, signed = paper.beside(*[paper.width / 2] * 2)
    paper.line("NGƯỜI CHẤM ĐIỂM", bold=True, after=58, into=signed, next=True)
    paper.line("{{ member.name }}", bold=True, into=signed)
    return paper


def summary() -> Drawing:
    paper = Drawing(wide=True)
    paper.heading(number=False)
    paper.name("BẢNG TỔNG HỢP KẾT QUẢ CHẤM ĐIỂM", "Phiên họp ngày {{ record.opened_at | day }}")
    once = "{% if loop.first %}", "{% endif %}"
    paper.listing(
        [
            Column("Sản phẩm, chủ thể", None, once[0] + "{{ one.line.number }}. "
                "{{ one.line.product }} – {{ one.line.producer }}" + once[1]),
            Column("Lần", 11, '{{ round.number if round else "–" }}', True),
            *_repeated(
                "one in record.scorers", "{{ one.name }}",
                "total in (round.totals if round else record.scorers)",
                '{{ "–" if not round or total is none else total }}', 14,
            ),
            Column("Trung bình", 17, '{{ round.mean | decimal if round else "–" }}', True),
            Column("Chênh lệch", 16, '{{ round.spread if round else "–" }}', True),
            Column(
                "Kết quả", 44,
                "{% if loop.last %}{{ one.outcome }}{% if one.shortfall %}. {{ one.shortfall }}"
                "{% endif %}{% else %}Chấm lại lần {{ round.number + 1 }}{% endif %}",
            ),
        ],
        "one in record.results", "round in one.rounds or [none]", size=10,
    )  # fmt: skip
    paper.line(
        "Điểm trung bình là trung bình cộng của các thành viên chấm điểm, ghi đến hai chữ số thập "
        "phân; xếp hạng theo giá trị đầy đủ. Dấu “–”: không chấm.",
        at=LEFT, size=11.5, italic=True,
    )  # fmt: skip
    paper.signed_by_two("secretary", "chair")
    return paper


def _repeated(
    titles: str, title: str, values: str, value: str, width: float
) -> tuple[Column, Column, Column]:
    """A column for each."""
    return (
        Column("{%tc for " + titles + " %}", width, "{%tc for " + values + " %}", True),
        Column(title, width, value, True),
        Column("{%tc endfor %}", width, "{%tc endfor %}", True),
    )


def minutes() -> Drawing:
    paper = Drawing()
    paper.heading()
    paper.name("BIÊN BẢN", "Họp {{ record.council }}")
    paper.text("Thời gian bắt đầu: {{ record.opened_at | moment }}.")
    paper.text(
        "Địa điểm: {{ record.place }}.{% if record.written %} Hình thức: lấy ý kiến bằng văn bản."
        "{% endif %}"
    )
    paper.text(
        "Căn cứ Quyết định số {{ record.decision.number }} ngày {{ record.decision.on | day }} của "
        "{{ record.decision.agency }} về thành lập Hội đồng; bộ tiêu chí {{ record.edition }}."
    )
    paper.title("I. THÀNH PHẦN")
    paper.text(
        "1. Có mặt: {{ record.present | length | two }}/{{ record.seats | two }} thành viên, bảo "
        "đảm yêu cầu có ít nhất {{ record.quorum_percent }}% số thành viên và Chủ tịch Hội đồng."
    )
    paper.listing(
        [
            Column("TT", 11, "{{ loop.index }}", True),
            Column("Họ và tên", 44, "{{ one.name }}"),
            Column("Vị trí", 40, "{{ one.seat }}"),
            Column("Chức vụ, đơn vị", None, '{{ one.position or "" }}'),
        ],
        "one in record.present",
    )
    with paper.each("one in record.present if one.left_at"):
        paper.text(
            "{{ one.seat }} {{ one.name }} rời phiên họp lúc {{ one.left_at | clock }}"
            "{% if one.reason %}, lý do: {{ one.reason }}{% endif %}."
        )
    paper.text(
        "2. Vắng mặt: {% for one in record.absent %}{{ one.seat }} {{ one.name }}"
        '{% if one.reason %} ({{ one.reason }}){% endif %}{{ "" if loop.last else "; " }}'
        "{% else %}không{% endfor %}."
    )
    with paper.only("record.guests"):
        paper.text(
            "3. Tham dự: {% for one in record.guests %}{{ one.name }} ({{ one.seat }})"
            '{{ "" if loop.last else "; " }}{% endfor %}.'
        )
    paper.title("II. NỘI DUNG")
    paper.text(
        "Hội đồng đánh giá, phân hạng {{ record.results | length | two }} sản phẩm. Từng thành "
        "viên chấm điểm độc lập; điểm được mở cùng lúc khi các thành viên có mặt đã khóa phiếu. "
        "Điểm của các thành viên chênh nhau quá {{ record.spread_limit }} điểm thì trao đổi và "
        "chấm lại. Điều kiện tối thiểu của một tiêu chí được coi là đạt khi {{ record.gate_rule }}."
    )
    with paper.each("one in record.results"):
        _found(paper)
    with paper.only("opinions"):
        paper.title("III. Ý KIẾN")
        with paper.each("one in opinions"):
            paper.text("{{ one }}")
    paper.title('{{ "IV" if opinions else "III" }}. KẾT LUẬN')
    with paper.each("one in conclusions"):
        paper.text("{{ loop.index }}. {{ one }}")
    paper.text(
        "Phiên họp kết thúc vào {{ record.closed_at | moment }}. Biên bản được đọc lại, các thành "
        "viên có mặt thống nhất thông qua."
    )
    paper.signed_by_two("secretary", "chair")
    return paper


def _found(paper: Drawing) -> None:
    paper.line(
        "{{ one.line.number }}. {{ one.line.product }} – {{ one.line.producer }}",
        at=LEFT, size=13, bold=True, before=6, after=3, next=True,
    )  # fmt: skip
    paper.text(
        "Bộ {{ one.line.set_number }}: {{ one.line.set_label }}.{% for round in one.rounds %} Lần "
        "{{ round.number }}: điểm các thành viên {% for total in round.totals if total is not none "
        '%}{{ total }}{{ "" if loop.last else ", " }}{% endfor %}; trung bình '
        "{{ round.mean | decimal }}, chênh lệch {{ round.spread }}.{% endfor %}"
    )
    with paper.each("other in one.conflicts"):
        paper.text("{{ other.member }} không chấm điểm: {{ other.reason }}.")
    with paper.each("other in one.cleared"):
        paper.text("{{ other.member }} không có xung đột lợi ích, đã xem xét: {{ other.reason }}.")
    with paper.each("sheet in one.entered"):
        paper.text(
            "Phiếu giấy của {{ sheet.member }} do {{ sheet.by }} nhập, {{ sheet.confirmed_by }} "
            "đối chiếu."
        )
    with paper.only("one.discussion"):
        paper.text("Trao đổi: {{ one.discussion }}")
    with paper.only("one.shortfall"):
        paper.text("Điều kiện tối thiểu: {{ one.shortfall }}.")
    paper.text(
        "{% if one.total is not none %}, điểm trung bình {{ one.total | decimal }}{% endif %}."
        "{% if one.escalated_to %} Chuyển {{ one.escalated_to }} đánh giá.{% endif %}",
        lead="Kết quả: {{ one.outcome }}",
    )


def report() -> Drawing:
    paper = Drawing()
    paper.heading()
    paper.name("BÁO CÁO", "Kết quả đánh giá, phân hạng sản phẩm OCOP")
    paper.line("Kính gửi: {{ to }}.", after=6)
    paper.text(
        "Thực hiện Quyết định số {{ record.decision.number }} ngày {{ record.decision.on | day }} "
        "của {{ record.decision.agency }}, ngày {{ record.opened_at | day }} {{ record.council }} "
        "đã họp tại {{ record.place }}. Kết quả như sau:"
    )
    paper.title("I. TỔ CHỨC ĐÁNH GIÁ")
    paper.text(
        "Có mặt {{ record.present | length | two }}/{{ record.seats | two }} thành viên. Hội đồng "
        "đánh giá {{ record.results | length | two }} sản phẩm theo bộ tiêu chí "
        "{{ record.edition }}."
    )
    with paper.each("one in assessment"):
        paper.text("{{ one }}")
    paper.title("II. KẾT QUẢ")
    paper.text(
        "{% for star, count in record.stars.items() if count %}{{ count | two }} sản phẩm hạng "
        '{{ star }} sao{{ "; " if not loop.last else "" }}{% endfor %}.'
        '{% set potential = record.results | selectattr("potential") | list %}{% if potential %} '
        "Trong đó {{ potential | length | two }} sản phẩm tiềm năng hạng cao hơn, chuyển cấp trên "
        'đánh giá.{% endif %}{% set lost = record.results | selectattr("eliminated") | list %}'
        "{% if lost %} Bị loại: {{ lost | length | two }} sản phẩm.{% endif %}"
        '{% set off = record.results | selectattr("postponed") | list %}{% if off %} Hoãn: '
        "{{ off | length | two }} sản phẩm.{% endif %}"
    )
    paper.listing(
        [
            Column("TT", 11, "{{ one.line.number }}", True),
            Column("Sản phẩm", None, "{{ one.line.product }}"),
            Column("Chủ thể", None, "{{ one.line.producer }}"),
            Column("Điểm", 18, "{{ one.total | decimal }}", True),
            Column(
                "Kết quả", 48,
                "{{ one.outcome }}{% if one.shortfall %}. {{ one.shortfall }}{% endif %}",
            ),
        ],
        "one in record.results",
    )  # fmt: skip
    paper.title("III. KIẾN NGHỊ")
    with paper.each("one in proposals"):
        paper.text("{{ loop.index }}. {{ one }}")
    paper.text(
        "Kèm theo: biên bản phiên họp, bảng tổng hợp điểm và phiếu chấm điểm của các thành viên."
    )
    paper.signed("signatory")
    return paper


def decision() -> Drawing:
    paper = Drawing()
    paper.heading()
    paper.name("QUYẾT ĐỊNH", "{{ about }}")
    paper.line("{{ authority | upper }}", bold=True, after=8)
    with paper.each("one in grounds"):
        paper.text("Căn cứ {{ one }};", italic=True)
    paper.text("Theo đề nghị của {{ proposed_by }}.", italic=True)
    paper.line("QUYẾT ĐỊNH:", bold=True, before=2, after=8)
    paper.text(
        "Công nhận {{ lines | length | two }} sản phẩm OCOP: {% for star, count in stars.items() "
        '%}{{ count | two }} sản phẩm đạt hạng {{ star }} sao{{ "" if loop.last else "; " }}'
        "{% endfor %} (danh sách tại Phụ lục kèm theo).",
        lead="Điều 1. ",
    )
    paper.text(
        "Cấp Giấy chứng nhận cho các sản phẩm có tên tại Phụ lục. Giấy chứng nhận có giá trị "
        '{{ months }} tháng kể từ ngày {{ head.on | day if head.on else "ký" }}. Chủ thể có sản '
        "phẩm được công nhận sử dụng nhãn hiệu chứng nhận OCOP theo quy định và duy trì các điều "
        "kiện đã được đánh giá.",
        lead="Điều 2. ",
    )
    paper.text("{{ executors }} chịu trách nhiệm thi hành Quyết định này.", lead="Điều 3. ")
    paper.text("Quyết định này có hiệu lực kể từ ngày ký.")
    paper.signed("signatory")
    paper.line("PHỤ LỤC", bold=True).paragraph_format.page_break_before = True
    paper.line("DANH SÁCH SẢN PHẨM OCOP ĐƯỢC CÔNG NHẬN", bold=True)
    paper.line(
        "(Kèm theo Quyết định số {{ head.number or " + BLANK + " }} "
        '{{ head.on | long_day if head.on else "" }} của {{ authority }})',
        italic=True,
    )
    paper.rule()
    paper.listing(
        [
            Column("TT", 11, "{{ one.line.number }}", True),
            Column("Sản phẩm", None, "{{ one.line.product }}"),
            Column(
                "Chủ thể, địa chỉ", None,
                "{{ one.line.producer }}{% if one.line.address %}, {{ one.line.address }}"
                "{% endif %}",
            ),
            Column(
                "Hạng", 24,
                "{{ one.star }} sao{% if one.potential %} (tiềm năng {{ one.potential }} sao)"
                "{% endif %}",
                True,
            ),
            Column("Số giấy chứng nhận", 38, "{{ one.certificate_number }}", True),
        ],
        "one in lines",
    )  # fmt: skip
    return paper


def certificate() -> Drawing:
    paper = Drawing(wide=True, margins=(20, 22, 15, 22))
    _framed(paper.document.sections[0])
    paper.heading(number=False, dated=False)
    paper.line("GIẤY CHỨNG NHẬN", bold=True, size=27, before=30, after=8)
    paper.line("{{ authority | upper }}", bold=True, size=15)
    paper.line("chứng nhận sản phẩm", size=15)
    paper.line("{{ product }}", bold=True, size=23)
    paper.line("của {{ producer }}{% if address %}, địa chỉ: {{ address }}{% endif %}", size=15)
    paper.line(
        "(bộ sản phẩm: {{ set_label }}{% if code %}; mã sản phẩm: {{ code }}{% endif %})", size=15
    )
    paper.line("đạt SẢN PHẨM OCOP HẠNG {{ star }} SAO", bold=True, size=15)
    paper.line('{{ "★" * star }}', size=26, after=30)
    qr, words, signed = paper.beside(36, paper.width * 0.55 - 36, paper.width * 0.45)
    _first(qr, "{{ qr }}")
    _first(words, "Số: {{ head.number }}").runs[0].font.size = Pt(11)
    for text in (
        "Theo Quyết định số {{ decision.number }} ngày {{ decision.on | day }} của "
        "{{ decision.agency }}",
        "Có giá trị từ ngày {{ valid_from | day }} đến hết ngày {{ valid_until | day }}",
        "Kiểm tra tại: {{ check_url }}",
    ):
        paper.line(text, at=LEFT, size=11, into=words)
    paper.line(DATED, italic=True, size=13, into=signed)
    paper.signature("signatory", signed)
    return paper


def _framed(section: Any) -> None:
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "double"), ("sz", "8"), ("space", "28"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    margins = section._sectPr.find(qn("w:pgMar"))
    margins.addnext(borders)


DRAWN = {
    Kind.SHEET: sheet,
    Kind.SUMMARY: summary,
    Kind.MINUTES: minutes,
    Kind.REPORT: report,
    Kind.DECISION: decision,
    Kind.CERTIFICATE: certificate,
}

if __name__ == "__main__":
    for kind, draw in DRAWN.items():
        (OURS / f"{kind}{SUFFIX[Format.DOCX]}").write_bytes(draw().content)
