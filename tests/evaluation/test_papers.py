"""What a paper says, who may read it, and how it is made."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pypdfium2
import pytest
from docx import Document

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.evaluation import PaperRequested
from contracts.event import Envelope
from contracts.person import Contact
from rules.editions import edition
from rules.sheets import filled
from services.evaluation.adapters.papers.templates import FILTERS
from services.evaluation.application.papers import (
    end_paper,
    request_failed_papers,
    request_paper,
)
from services.evaluation.domain.paper_examples import EXAMPLES, MEMBER
from services.evaluation.domain.papers import (
    CONTENTS,
    Content,
    Failure,
    Kind,
    Paper,
    ProductLine,
    ProductResult,
    SheetColumn,
    State,
)
from services.evaluation.domain.sheet_tables import FilledSheet, sheet_tables
from services.evaluation.entrypoints.http import create_app
from services.evaluation.entrypoints.papers import making
from services.evaluation.settings import Settings
from tests.evaluation.doors import Caller

CHAIR = Contact(name="Chủ tịch mẫu", phone="0900000010")
SCORER = Contact(name="Uỷ viên mẫu", phone="0900000011")
OTHER = Contact(name="Uỷ viên khác", phone="0900000012")
LINE = ProductLine(number=1, product="Mật", producer="Cơ sở", set_number=4, set_label="Mật")
LATE = datetime(2026, 3, 4, 18, 5, tzinfo=UTC)


@pytest.fixture
def huyen_mau() -> Iterator[None]:
    with entered(Scope("huyen-mau", "officer")):
        yield


# -- what it says


@pytest.mark.parametrize("kind", Kind)
def test_what_is_frozen_is_read_back_as_it_was(kind: Kind) -> None:
    said = EXAMPLES[kind]()
    assert CONTENTS[kind].model_validate_json(said.model_dump_json(round_trip=True)) == said


@pytest.mark.parametrize(
    ("filter", "value", "told"),
    [
        ("day", date(2026, 3, 5), "05/03/2026"),
        ("long_day", date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        ("long_day", date(2026, 3, 15), "ngày 15 tháng 3 năm 2026"),
        ("moment", LATE, "01 giờ 05 phút, ngày 05 tháng 3 năm 2026"),
        ("decimal", Decimal(277) / 3, "92,33"),
        ("decimal", Decimal(92), "92,00"),
        ("decimal", None, "–"),
        ("two", 5, "05"),
        ("two", 12, "12"),
    ],
)  # fmt: skip
def test_values_are_written_as_the_rules_of_papers_ask(filter: str, value: Any, told: str) -> None:
    assert FILTERS[filter](value) == told


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (ProductResult(line=LINE, star=3), "3 sao"),
        (ProductResult(line=LINE, star=3, potential=4), "3 sao (tiềm năng 4 sao)"),
        (ProductResult(line=LINE, star=3, eliminated=("giả mạo", "tạp")), "Loại: giả mạo; tạp"),
        (ProductResult(line=LINE, postponed="thiếu mẫu"), "Hoãn: thiếu mẫu"),
    ],
)  # fmt: skip
def test_an_outcome_in_words(result: ProductResult, told: str) -> None:
    assert result.outcome == told


def test_a_sheets_tables_have_at_most_ten_columns_and_sums_that_agree() -> None:
    sets = edition().sets
    chosen = {
        number: {code: len(one.options) for code, one in sets[number].criteria.items()}
        for number in (1, 4)
    }
    sheets = [
        FilledSheet(SheetColumn(number=place + 1, total=100), filled(of, chosen[of.number]))
        for place, of in enumerate([sets[4]] * 12 + [sets[1]])
    ]
    tables = sheet_tables(edition(), sheets)
    assert [(one.set_number, len(one.columns)) for one in tables] == [(1, 1), (4, 10), (4, 2)]
    for table in tables:
        summed = {row.code: row for row in table.rows if not row.options}
        assert [(summed[code].most, *summed[code].points) for code in "ABC"] == [
            (40, *[40] * len(table.columns)),
            (25, *[25] * len(table.columns)),
            (35, *[35] * len(table.columns)),
        ]
        criteria = [row for row in table.rows if row.options]
        assert [row.code for row in criteria] == list(sets[table.set_number].criteria)
        assert all(row.points == (row.most,) * len(table.columns) for row in criteria)


def test_tourisms_case_is_named_and_its_options_are_counted_as_the_sheet_does() -> None:
    of = edition().sets[26]
    chosen = {code: [*one.choices("organisation")][-1] for code, one in of.criteria.items()}
    sheet = filled(of, chosen, "organisation")
    (table,) = sheet_tables(edition(), [FilledSheet(SheetColumn(number=1, total=100), sheet)])
    assert table.case == edition().cases["organisation"].vi
    assert {row.code: row.options[0] for row in table.rows if row.options} == chosen


# -- asked for


def asked(content: Content, **options: Any) -> Paper:
    return run(request_paper, options.pop("subject", str(uuid4())), content, **options)


def told(database: Any) -> list[Envelope]:
    return [Envelope.decoded(row["body"]) for row in database.outbox.find()]


def test_an_act_that_is_repeated_asks_once(database: Any, huyen_mau: None) -> None:
    session, sheet = str(uuid4()), EXAMPLES[Kind.SHEET]()
    first = asked(sheet, subject=session, member=SCORER)
    assert asked(sheet, subject=session, member=SCORER).id == first.id
    another = asked(sheet, subject=session, member=OTHER)
    again = asked(sheet, subject=session, member=SCORER, number=2)
    assert len({first.id, another.id, again.id}) == 3
    assert [(one.subject, one.type) for one in told(database)] == [
        (paper.id, PaperRequested.type) for paper in (first, another, again)
    ]


def test_a_failed_paper_is_asked_for_again_and_a_made_one_stays(
    database: Any, huyen_mau: None
) -> None:
    paper = asked(EXAMPLES[Kind.MINUTES]())
    run(end_paper, paper.id, Failure(vi="Sai mẫu", en="A wrong template"))
    assert [one.id for one in run(request_failed_papers)] == [paper.id]
    assert [one.subject for one in told(database)] == [paper.id, paper.id]
    run(end_paper, paper.id, {})
    assert run(request_failed_papers) == []
    run(end_paper, paper.id, Failure(vi="Muộn", en="Late"))
    assert run(UnitOfWork.get, Paper, paper.id).state is State.MADE


# -- made


@pytest.fixture
def client(served: Callable[..., Any], issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app), issuer)


@pytest.fixture
def make(client: Caller) -> Callable[[Paper], None]:
    handler = making(Settings())

    def job(paper: Paper) -> None:
        handler(
            Envelope.of(
                PaperRequested(), subject=paper.id, tenant=paper.tenant, version=1,
                at=datetime.now(UTC),
            )
        )  # fmt: skip

    return job


def test_a_job_makes_the_paper_and_others_that_wait_in_its_tenant(
    client: Caller, make: Callable[[Paper], None], huyen_mau: None
) -> None:
    session = str(uuid4())
    minutes = asked(EXAMPLES[Kind.MINUTES](), subject=session)
    summary = asked(EXAMPLES[Kind.SUMMARY](), subject=session)
    with entered(Scope("tinh-mau", "officer")):
        elsewhere = asked(EXAMPLES[Kind.REPORT](), subject=session)
    make(summary)
    officer = client.as_("officer")
    listed = officer.get(f"/papers?subject={session}").json["items"]
    assert [(one["kind"], one["state"], sorted(one["files"])) for one in listed] == [
        ("minutes", "made", ["docx", "pdf"]),
        ("summary", "made", ["docx", "pdf"]),
    ]
    with entered(Scope("tinh-mau", "officer")):
        assert run(UnitOfWork.get, Paper, elsewhere.id).state is State.REQUESTED
    was = run(UnitOfWork.get, Paper, minutes.id)
    make(minutes)
    assert run(UnitOfWork.get, Paper, minutes.id) == was
    pdf = officer.get(f"/papers/{minutes.id}/files/pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert MEMBER.name in _text(pdf.data)
    docx = officer.get(f"/papers/{minutes.id}/files/docx")
    assert "Biên bản họp Hội đồng.docx" in unquote(docx.headers["Content-Disposition"])
    assert any("KẾT LUẬN" in one.text for one in Document(BytesIO(docx.data)).paragraphs)


def test_a_paper_that_is_not_made_yet_says_so(client: Caller, huyen_mau: None) -> None:
    paper = asked(EXAMPLES[Kind.MINUTES]())
    officer = client.as_("officer")
    answer = officer.get(f"/papers/{paper.id}/files/pdf")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:ocop:problem:paper-not-made")
    run(end_paper, paper.id, Failure(vi="Mẫu minutes.html: sai.", en="Template: wrong."))
    answer = officer.get(f"/papers/{paper.id}/files/pdf")
    assert (answer.status_code, answer.json["detail"]) == (409, "Mẫu minutes.html: sai.")
    assert officer.get(f"/papers/{paper.id}").json["failure"]["vi"] == "Mẫu minutes.html: sai."
    assert officer.get(f"/papers/{paper.id}/files/odt").status_code == 422


# -- read


@pytest.fixture
def papers(client: Caller, huyen_mau: None) -> dict[str, Paper]:
    """Of one session: two sheets and the minutes; and of a producer's certificate."""
    session = str(uuid4())
    return {
        "minutes": asked(EXAMPLES[Kind.MINUTES](), subject=session, readers=[CHAIR]),
        "own": asked(EXAMPLES[Kind.SHEET](), subject=session, member=SCORER, readers=[CHAIR]),
        "other": asked(EXAMPLES[Kind.SHEET](), subject=session, member=OTHER, readers=[CHAIR]),
    }


ALL = {"minutes", "own", "other"}
SEEN: list[tuple[list[str], dict[str, Any], set[str]]] = [
    (["officer"], {}, ALL),
    (["administrator"], {}, ALL),
    (["authority"], {}, ALL),
    ([], {"phone": CHAIR.phone}, ALL),
    ([], {"phone": SCORER.phone}, {"own"}),
    (["producer"], {"phone": "0900000099"}, set()),
    (["commune-officer", "help-team", "supervisor"], {}, set()),
    ([], {}, set()),
]
"""Roles, what the token tells beside them, and what is seen."""


def test_who_may_read(client: Caller, papers: dict[str, Paper]) -> None:
    session = papers["own"].subject
    for roles, about, seen in SEEN:
        who = client.as_(*roles, **about)
        listed = {one["id"] for one in who.get(f"/papers?subject={session}").json["items"]}
        assert listed == {papers[name].id for name in seen}
        for name, paper in papers.items():
            read = who.get(f"/papers/{paper.id}").status_code
            file = who.get(f"/papers/{paper.id}/files/pdf").status_code
            assert (read, file) == ((200, 409) if name in seen else (404, 404))


def test_another_tenants_paper_is_not_there(client: Caller, papers: dict[str, Paper]) -> None:
    officer = client.as_("officer", tenant="tinh-mau")
    paper = papers["minutes"]
    assert officer.get(f"/papers?subject={paper.subject}").json["items"] == []
    assert officer.get(f"/papers/{paper.id}").status_code == 404
    assert officer.get(f"/papers/{paper.id}/files/pdf").status_code == 404


def _text(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
