from collections.abc import Iterable, Mapping

from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.evaluation import PaperRequested
from contracts.person import Contact
from services.evaluation.application.withheld import withheld
from services.evaluation.domain.papers import (
    OF_SESSION,
    Content,
    Failure,
    Format,
    Kind,
    Paper,
    PaperFile,
    State,
    paper_id,
)

OFFICERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR, Role.AUTHORITY})
"""Who may read every paper of their tenant."""
BATCH = 16
"""Papers that one job makes: enough for two cores, and soon ended."""


def request_paper(
    work: UnitOfWork,
    subject: str,
    content: Content,
    *,
    readers: Iterable[Contact] = (),
    member: Contact | None = None,
    number: int = 1,
    tenant: str | None = None,
) -> Paper:
    """Ask for a paper of the session, decision or certificate `subject`; asked again, it is there.

    `readers`: who may read it beside the tenant's officers; `member`: whose sheet it is, who is one
    of them. `number`: counts the acts that ask, since a session may be closed more than once.
    """
    tenant = tenant or work.scope.tenant
    about = "" if member is None else member.phone or member.email or ""
    id = paper_id(tenant, content.kind, subject, about, number)
    if known := work.first(Paper, id=id):
        return known
    paper = Paper(
        id=id, tenant=tenant, kind=content.kind, subject=subject, title=content.title,
        member=member, readers=(*([member] if member else []), *readers),
        content=content.model_dump_json(round_trip=True), requested_at=work.at,
    )  # fmt: skip
    work.save(paper)
    work.tell(PaperRequested(), about=paper)
    return paper


def pass_on_papers(
    work: UnitOfWork,
    subjects: Iterable[str],
    readers: Iterable[Contact],
    renewed: Mapping[Contact, Contact],
) -> None:
    """Of sessions whose council is led by others now, or whose people are reached otherwise, each
    old contact in `renewed` with the new one."""
    for paper in work.all(Paper, subject__in=list(subjects)):
        paper.pass_on(readers, renewed)
        work.save(paper)


def papers_to_make(work: UnitOfWork, id: str) -> list[Paper]:
    """The paper, unless it is made, and others that wait in its tenant: they are made beside one
    another."""
    asked = work.get(Paper, id)
    if asked.state is not State.REQUESTED:
        return []
    waiting = work.page(Paper, after=None, limit=BATCH, state=State.REQUESTED.value)
    return [asked, *(one for one in waiting if one.id != id)]


def end_paper(work: UnitOfWork, id: str, outcome: Mapping[Format, PaperFile] | Failure) -> None:
    paper = work.get(Paper, id)
    if paper.state is State.MADE:
        return
    if isinstance(outcome, Failure):
        paper.failed(outcome)
    else:
        paper.made(outcome, work.at)
    work.save(paper)


def request_failed_papers(work: UnitOfWork) -> list[Paper]:
    """Ask again for all that failed, after their templates were mended."""
    papers = work.all(Paper, state=State.FAILED.value)
    for paper in papers:
        paper.asked_again()
        work.save(paper)
        work.tell(PaperRequested(), about=paper)
    return papers


def readable_paper(work: UnitOfWork, id: str) -> Paper:
    """NotFound also for whoever may not read it."""
    paper = work.get(Paper, id)
    if not _readable(work, paper):
        raise NotFound("Không tìm thấy.", "There is no such paper.")
    return paper


def readable_papers(work: UnitOfWork, subject: str) -> list[Paper]:
    """Of a session, decision or certificate, those that the caller may read, in their order."""
    kinds = list(Kind)
    found = [one for one in work.all(Paper, subject=subject) if _readable(work, one)]
    return sorted(found, key=lambda one: (one.requested_at, kinds.index(one.kind), one.title))


def _readable(work: UnitOfWork, paper: Paper) -> bool:
    person = work.scope.person
    readable = bool(person.roles & OFFICERS) or paper.is_for(person)
    own = paper.member is not None and paper.member.reaches(person)
    return readable and (own or paper.kind not in OF_SESSION or not _tells_withheld(work, paper))


def _tells_withheld(work: UnitOfWork, paper: Paper) -> bool:
    """Of a session that had found something of a product which is kept from the caller."""
    kept = withheld(work, session_id=paper.subject)
    return any(one.rounds or one.findings for one in kept)
