"""A scorer's own sheet is read, saved and locked; somebody else's is nobody's business."""

from collections.abc import Sequence
from typing import NamedTuple

from chassis.drafts import Change
from chassis.problems import Conflict, Forbidden, NotFound
from chassis.store.unit_of_work import UnitOfWork
from contracts.text import Id, Paragraph
from rules.ranking import GateRule
from services.evaluation.application.scorings import on_agenda, reveal_if_complete
from services.evaluation.application.seats import Sitting
from services.evaluation.domain.packages import Package
from services.evaluation.domain.scorings import Scoring
from services.evaluation.domain.sessions import Act
from services.evaluation.domain.sheets import Sheet, sheet_id


class Desk(NamedTuple):
    """Where the caller scores: a member, or one of the help team."""

    at: Sitting
    scoring: Scoring
    sheet: Sheet

    def permit(self) -> None:
        """Conflict, unless this sheet may be worked on now."""
        if self.sheet.member_id is None:
            self.scoring.need_help_team_may()
        else:
            self.scoring.need_scorer(self.sheet.member_id)

    @property
    def open(self) -> bool:
        """Whether it may be worked on now."""
        try:
            self.permit()
        except Conflict:
            return False
        return self.sheet.locked_at is None

    @property
    def waits_for_help_team(self) -> bool:
        """Where the council wants it first, or judges gates by it."""
        council, scoring = self.at.council, self.scoring
        first = council.settings.help_team_first
        needed = first or council.settings.gate_rule is GateRule.HELP_TEAM
        missing = council.helps(scoring.conflicts) and not scoring.help_team_locked
        return self.sheet.member_id is not None and needed and missing


def own_sheet(work: UnitOfWork, session_id: Id, package_id: Id, *, team: bool = False) -> Desk:
    """The caller's own of the present round, empty before anything was saved. `team`: the help
    team's, which is one for all of its people."""
    at, scoring = on_agenda(work, session_id, package_id)
    member = None if team else at.who.member_id
    if (team and not at.who.helps) or (not team and member is None):
        raise NotFound("Bạn không có phiếu ở phiên họp này.", "You have no sheet in this session.")
    if team:
        _need_impartial(work, at, scoring)
    empty = Sheet.of(scoring, member)
    return Desk(at, scoring, work.first(Sheet, id=empty.id) or empty)


def _need_impartial(work: UnitOfWork, at: Sitting, scoring: Scoring) -> None:
    """The help team's sheet is common to it, so who has a conflict, or may have one, does not even
    read it; nor a contact of the producer, though one became so after the convening."""
    package = work.get(Package, scoring.package_id)
    of_producer = package.is_of(work.scope.person) and not scoring.cleared(at.who.id)
    if at.who.id in scoring.conflicts.keys() | scoring.unanswered or of_producer:
        raise Forbidden(
            "Bạn có xung đột lợi ích với sản phẩm này nên không làm phiếu của tổ giúp việc.",
            "You have a conflict of interest with this product and no part in the team's sheet.",
        )


def save_sheet(
    work: UnitOfWork, session_id: Id, package_id: Id, changes: Sequence[Change], *,
    team: bool = False,
) -> Desk:  # fmt: skip
    desk = own_sheet(work, session_id, package_id, team=team)
    desk.permit()
    made = desk.sheet.save(changes)
    if made:
        work.save(desk.sheet, detail=[one.model_dump(mode="json") for one in made])
    return desk


def lock_sheet(work: UnitOfWork, session_id: Id, package_id: Id, *, team: bool = False) -> Desk:
    """The scoring is saved by every lock; the last one of a round reveals it."""
    desk = own_sheet(work, session_id, package_id, team=team)
    desk.permit()
    if desk.waits_for_help_team:
        desk.scoring.need_help_team()
    desk.sheet.lock(work.at)
    if desk.sheet.member_id is None:
        desk.scoring.help_team_locked = True
    else:
        desk.scoring.count_locked(desk.sheet.member_id)
    reveal_if_complete(work, desk.at, desk.scoring)
    work.save(desk.sheet, desk.scoring)
    return desk


def reopen_sheet(
    work: UnitOfWork, session_id: Id, package_id: Id, member_id: Id | None, reason: Paragraph
) -> Scoring:
    """By secretary or chair, before the reveal. `member_id` None: the help team's."""
    _, scoring = on_agenda(work, session_id, package_id, Act.REOPEN)
    if member_id is None:
        scoring.reopen_help_team()
    else:
        scoring.count_reopened(member_id)
    sheet = work.get(Sheet, sheet_id(scoring.id, scoring.round, member_id))
    sheet.reopen()
    work.save(sheet, scoring, detail={"reason": reason})
    return scoring
