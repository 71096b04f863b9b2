"""All papers of a session of nine members and fifty products, as the job makes them."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid4, uuid5

import psutil

import services.evaluation.bootstrap  # noqa: F401  its documents
from bench.measuring import Figure
from chassis.scope import Scope, entered
from chassis.store import documents
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.councils import Seat
from deploy.local.site import Site
from rules.editions import edition
from rules.sheets import Sheet, filled
from services.evaluation.application.papers import request_paper
from services.evaluation.domain import paper_examples as example
from services.evaluation.domain.papers import (
    SEATS,
    Attendee,
    Content,
    DecidedLine,
    Kind,
    MemberSheetPaper,
    Paper,
    Participant,
    ProductLine,
    ProductResult,
    RoundScores,
    SheetColumn,
    State,
)
from services.evaluation.domain.sheet_tables import FilledSheet, sheet_tables

MEMBERS, PRODUCTS = 9, 50
PATIENCE_S = 300
TENANT = "huyen-mau"


def measured(stage: Site) -> Iterator[Figure]:
    """From the act that asks until the last file is kept."""
    contents = [*session()]
    job = stage.process("evaluation-job")
    if job is None:
        raise RuntimeError("evaluation-job does not run")
    documents.connect(stage.addresses.mongodb, f"{stage.name}_evaluation")
    try:
        with entered(Scope(TENANT, "bench")), watched(job) as largest:
            began, used = time.perf_counter(), _processor(job)
            made = _waited(run(request_all, contents))
            took, used = time.perf_counter() - began, _processor(job) - used
    finally:
        documents.disconnect()
    size = sum(one.file.size for paper in made for one in paper.files.values())
    yield Figure(f"all {len(made)} papers of a session, DOCX and PDF", took, "s", "< 60")
    yield Figure("processor time of it", used, "s")
    yield Figure("the largest process that made them", max(largest), "MB", "< 400")
    yield Figure("their files", size / 2**20, "MB")


def request_all(work: UnitOfWork, contents: Sequence[Content]) -> list[str]:
    """As the acts do: what a closing asks for is of the session, a certificate is of itself."""
    session, ids = str(uuid4()), []
    for place, content in enumerate(contents, 1):
        own = content.kind is Kind.CERTIFICATE
        subject = str(uuid5(NAMESPACE_URL, f"{session}/{place}")) if own else session
        ids.append(request_paper(work, subject, content, number=place).id)
    return ids


def _waited(ids: Sequence[str]) -> list[Paper]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        papers = [run(UnitOfWork.get, Paper, id) for id in ids]
        if failed := [one.failure for one in papers if one.failure]:
            raise RuntimeError(failed)
        if all(one.state is State.MADE for one in papers):
            return papers
        time.sleep(0.5)
    raise TimeoutError(f"{len(ids)} papers")


def _processor(process: psutil.Process) -> float:
    """Seconds, with those of the processes that it started and that ended."""
    tree = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in tree)


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[float]]:
    """The largest resident memory of it and of those that it started, in MB, as seen often."""
    largest, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    largest[0] = max(largest[0], one.memory_info().rss / 2**20)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield largest
    finally:
        done.set()
        watcher.join()


def session() -> Iterator[Content]:
    """A sheet a member, summary, minutes, report, decision, a certificate a product."""
    people = [
        Participant(name=f"Thành viên Mẫu {number}", seat=SEATS[Seat.MEMBER])
        for number in range(1, MEMBERS + 1)
    ]
    sets = edition().sets
    lines = [
        ProductLine(
            number=number, product=f"Sản phẩm mẫu {number}", producer=f"Cơ sở Mẫu {number}",
            address="xã Mẫu, Huyện Mẫu", set_number=(of := sets[number % 26 + 1]).number,
            set_label=of.label.vi,
        )
        for number in range(1, PRODUCTS + 1)
    ]  # fmt: skip
    totals: list[list[int]] = [[] for _ in lines]
    for place, member in enumerate(people):
        scored = [FilledSheet(*_scored(line, place)) for line in lines]
        for column, of_all in zip(scored, totals, strict=True):
            of_all.append(column.column.total)
        yield MemberSheetPaper(
            head=example.head(), council=example.COUNCIL, decision=example.APPOINTED,
            held_at=example.OPENED, place=example.RECORD.place, edition=example.EDITION,
            member=member, lines=tuple(lines), tables=sheet_tables(edition(), scored),
        )  # fmt: skip
    record = example.RECORD.model_copy(
        update={
            "seats": MEMBERS,
            "present": tuple(Attendee(**one.model_dump()) for one in people),
            "absent": (),
            "scorers": tuple(people),
            "results": tuple(map(_result, lines, totals)),
        }
    )
    for paper in (
        example.summary_example(), example.minutes_example(), example.report_example()
    ):  # fmt: skip
        yield paper.model_copy(update={"record": record})
    decided = [
        DecidedLine(line=one, star=4, certificate_number=f"{one.number:02}/2026/OCOP-HM")
        for one in lines
    ]
    yield example.decision_example().model_copy(update={"lines": tuple(decided)})
    for one in lines:
        yield example.certificate_example().model_copy(
            update={"product": one.product, "producer": one.producer}
        )


def _scored(line: ProductLine, place: int) -> tuple[SheetColumn, Sheet]:
    of = edition().sets[line.set_number]
    case = next(iter(of.cases)) if of.cases else None
    chosen = {}
    for step, (code, criterion) in enumerate(of.criteria.items()):
        offered = [*criterion.choices(case)]
        chosen[code] = offered[-1 - ((step + place) % 5 == 2)]
    points = (of.criteria[code].options[number - 1].points for code, number in chosen.items())
    return SheetColumn(number=line.number, total=sum(points)), filled(of, chosen, case)


def _result(line: ProductLine, totals: list[int]) -> ProductResult:
    mean = Decimal(sum(totals)) / len(totals)
    scores = RoundScores(
        number=1, totals=tuple(totals), mean=mean, spread=max(totals) - min(totals)
    )
    return ProductResult(line=line, rounds=(scores,), total=mean, band=4, star=4)
