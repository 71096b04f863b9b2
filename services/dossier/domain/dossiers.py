"""Dossiers (hồ sơ): one product's way through one round, from its draft to what was decided.

RULES says who may do what in which state; `refusal` says it of one act and one person, so that what
is offered is what is allowed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue, computed_field

from chassis.aggregate import Aggregate
from chassis.drafts import Change, applied
from chassis.problems import Conflict, FieldProblem, Forbidden, Problem, Unprocessable
from contracts.councils import PackageDelivered, PackageEnded
from contracts.filing import DossierFacts, ReturnedItem
from contracts.package import DossierKind
from contracts.person import Contact
from contracts.results import (
    DecisionAnnulled,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    ResultAnnulled,
    ResultApproved,
)
from contracts.text import Id, Line, Paragraph, Slug, Words
from rules.days import day_of
from rules.editions import edition
from rules.procedures import procedures
from rules.product_sets import offered
from rules.vietnamese import key
from services.dossier.domain.forms import REPORT, Forms, forms, is_report
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product
from services.dossier.domain.rounds import Round
from services.dossier.domain.standing import FILLERS, Actor, Moment, Signature, Standing


class State(StrEnum):
    DRAFT = "draft"  # đang soạn
    CONFIRMED = "confirmed"  # chủ thể đã xác nhận
    SUBMITTED = "submitted"  # đã nộp
    RETURNED = "returned"  # trả lại để bổ sung
    ACCEPTED = "accepted"  # đạt yêu cầu, chuyển hội đồng
    WITHDRAWN = "withdrawn"  # đã rút


STATES = {
    State.DRAFT: Words("đang soạn", "a draft"),
    State.CONFIRMED: Words("đã được chủ thể xác nhận", "confirmed by the producer"),
    State.SUBMITTED: Words("đã nộp", "submitted"),
    State.RETURNED: Words("được trả lại để bổ sung", "returned for completion"),
    State.ACCEPTED: Words("đã được chấp nhận", "accepted"),
    State.WITHDRAWN: Words("đã rút", "withdrawn"),
}


class Act(StrEnum):
    FILL = "fill"
    CONFIRM = "confirm"
    REPORT = "report"  # Form 03
    SUBMIT = "submit"
    REVIEW = "review"
    RETURN = "return"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"


class Rule(NamedTuple):
    words: Words
    by: frozenset[Standing]
    during: frozenset[State]


_OPEN = frozenset({State.DRAFT, State.CONFIRMED, State.RETURNED})
RULES: Mapping[Act, Rule] = {
    Act.FILL: Rule(Words("ghi hồ sơ", "fill it in"), frozenset(FILLERS), _OPEN),
    Act.CONFIRM: Rule(
        Words("xác nhận hồ sơ", "confirm it"),
        frozenset({Standing.CONTACT}),
        frozenset({State.DRAFT, State.RETURNED}),
    ),
    Act.REPORT: Rule(
        Words("hoàn thành báo cáo của xã", "finish the commune's report"),
        frozenset({Standing.COMMUNE_OFFICER}),
        _OPEN,
    ),
    Act.SUBMIT: Rule(Words("nộp hồ sơ", "submit it"), frozenset(FILLERS), _OPEN),
    Act.REVIEW: Rule(
        Words("thẩm định hồ sơ", "review it"),
        frozenset({Standing.HELP_TEAM}),
        frozenset({State.SUBMITTED}),
    ),
    Act.RETURN: Rule(
        Words("trả lại hồ sơ", "return it"),
        frozenset({Standing.HELP_TEAM}),
        frozenset({State.SUBMITTED}),
    ),
    Act.ACCEPT: Rule(
        Words("chấp nhận hồ sơ", "accept it"),
        frozenset({Standing.HELP_TEAM}),
        frozenset({State.SUBMITTED}),
    ),
    Act.WITHDRAW: Rule(
        Words("rút hồ sơ", "withdraw it"),
        frozenset({Standing.CONTACT, Standing.OFFICER}),
        frozenset(State) - {State.WITHDRAWN},
    ),
}


class OutOfOrder(Conflict):
    slug = "out-of-order"
    title = Words("Hồ sơ chưa hoặc không còn ở bước này", "The dossier is not at this step")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Report(Part):
    """Form 03 is finished. Late is recorded, and refuses nothing."""

    signed: Signature
    due_on: date | None
    late: bool


class Submitted(Part):
    """A package that was frozen of this dossier. `number`: from 1."""

    id: Id
    number: int
    signed: Signature


class Return(Part):
    """What the help team asked to complete of a package, until when."""

    package_id: Id
    items: tuple[ReturnedItem, ...]
    until: date
    signed: Signature


class Withdrawal(Part):
    reason: Paragraph
    signed: Signature


class Outcome(Part):
    """What came back of it: an event's type, subject, version and time, and what it said of this
    product."""

    type: str
    subject: Id
    version: int
    at: Moment
    facts: dict[str, JsonValue]


class Filled(NamedTuple):
    """A save's changes, with values as they are kept, and those of them that did change a field."""

    sent: Sequence[Change]
    made: Sequence[Change]


class Dossier(Aggregate):
    """Procedure and edition are its round's, set and case its product's at the opening: for life.

    `product`, `producer`, `commune`, `contacts`: as the register had them at the opening, and again
    at each submission. Whose it is, is the register's to say: the producer's own contacts.
    `filled_by`: the last who filled it in on the producer's behalf; None: its contacts alone.
    """

    kept = True

    round_id: Id
    round: Line
    procedure: Slug
    edition: Line
    kind: DossierKind
    product_id: Id
    product: Line
    producer_id: Id
    producer: Line
    commune: Line | None = None
    contacts: tuple[Contact, ...]
    set: int
    case: str | None = None
    opened: Signature
    draft: dict[str, JsonValue] = {}
    state: State = State.DRAFT
    filled_by: Signature | None = None
    confirmation: Signature | None = None
    report: Report | None = None
    packages: tuple[Submitted, ...] = ()
    returns: tuple[Return, ...] = ()
    acceptance: Signature | None = None
    withdrawal: Withdrawal | None = None
    outcomes: tuple[Outcome, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def withdrawn(self) -> bool:
        return self.state is State.WITHDRAWN

    @computed_field  # type: ignore[prop-decorator]
    @property
    def commune_key(self) -> str | None:
        return key(self.commune) if self.commune else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def queue(self) -> str | None:
        """Its place among what the help team waits for: by when, and its id. None: not there."""
        return f"{self.due_on}/{self.id}" if self.due_on else None

    @property
    def due_on(self) -> date | None:
        """By when the help team should have looked at it, or the producer completed it."""
        if self.state is State.SUBMITTED:
            submitted_on = day_of(self.packages[-1].signed.at)
            return procedures()[self.procedure].review.after(submitted_on)
        return self.until

    @property
    def facts(self) -> DossierFacts:
        return DossierFacts(
            round_id=self.round_id, procedure=self.procedure, edition=self.edition, kind=self.kind,
            product_id=self.product_id, product=self.product, producer_id=self.producer_id,
            producer=self.producer, commune=self.commune,
        )  # fmt: skip

    @property
    def forms(self) -> Forms:
        return forms(self.procedure, self.edition, self.set, self.case)

    @property
    def last_package(self) -> Id | None:
        return self.packages[-1].id if self.packages else None

    @property
    def until(self) -> date | None:
        """By when it has to be completed, while it is returned."""
        return self.returns[-1].until if self.state is State.RETURNED else None

    @property
    def delivered(self) -> bool:
        """Whether a council has a package of it."""
        return any(one.type == PackageDelivered.type for one in self.outcomes)

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it here: withdrawn, decided, certified by a level above,
        found to be too little to be decided, or never to be judged. What was annulled counts no
        more."""
        standing = self._standing()
        unjudged = any(one.type == PackageEnded.type for one in self.outcomes)
        decided = any(one.type == DecisionMade.type for one in standing)
        above = [one.facts for one in standing if one.type == HigherResultConfirmed.type]
        certified = any(one.get("certificate_number") for one in above)
        found = [one.facts for one in standing if one.type == ResultApproved.type]
        nothing = any(not (one.get("certifies") or one.get("escalated_to")) for one in found)
        return self.withdrawn or decided or certified or nothing or unjudged

    def _standing(self) -> list[Outcome]:
        """The last word of each result and decision, by its version."""
        last: dict[str, Outcome] = {}
        for one in self.outcomes:
            if one.type in _REVOCABLE and one.version >= _version(last.get(one.subject)):
                last[one.subject] = one
        return [*last.values()]

    @property
    def report_due_on(self) -> date | None:
        """By when the procedure wants Form 03, counted from the opening: every dossier has that
        day, and the commune knows it. None where no deadline is known, or no form."""
        procedure = procedures()[self.procedure]
        by = next((one.by for one in procedure.forms if one.of == REPORT), None)
        deadline = procedure.level(by).deadline if by else None
        return deadline.after(day_of(self.opened.at)) if deadline else None

    @classmethod
    def opening(
        cls,
        round: Round,
        product: Product,
        producer: Producer,
        kind: DossierKind,
        case: str | None,
        opened: Signature,
    ) -> "Dossier":
        """Unprocessable for a product without a set, or a case that its set does not have."""
        of = product.facts.set
        if of is None:
            raise _wrong("product_id", "sản phẩm chưa có bộ sản phẩm", "the product has no set yet")
        cases = edition(round.facts.edition).sets[of.number].cases
        if cases and case not in cases:
            known = offered(cases)
            raise _wrong("case", f"chọn một: {known.vi}", f"one of: {known.en}")
        if case and not cases:
            raise _wrong("case", "bộ này không chia trường hợp", "this set has no cases")
        if not producer.contacts:
            raise _wrong(
                "product_id", "chủ thể chưa có người liên hệ", "its producer has no contacts yet"
            )
        dossier = cls(
            tenant=product.tenant, round_id=round.id, round=round.facts.name,
            procedure=round.facts.procedure, edition=round.facts.edition, kind=kind,
            product_id=product.id, product=product.facts.name, producer_id=producer.id,
            producer=producer.facts.name, contacts=producer.contacts, set=of.number, case=case,
            opened=opened,
        )  # fmt: skip
        dossier.read_register(product, producer)
        return dossier

    def read_register(self, product: Product, producer: Producer) -> None:
        """Whose it is and whom to tell, as the register has it now."""
        self.product, self.producer = product.facts.name, producer.facts.name
        self.commune = product.facts.commune or producer.commune
        self.contacts = producer.contacts

    # -- who may do what

    def may(self, by: Actor) -> list[Act]:
        return [act for act in Act if self.refusal(act, by) is None]

    def check(self, act: Act, by: Actor) -> None:
        if problem := self.refusal(act, by):
            raise problem

    def refusal(self, act: Act, by: Actor) -> Problem | None:
        """Why not, or None; the role first, then the state, then what else the act needs."""
        rule = RULES[act]
        if not by.is_one_of(*rule.by):
            return Forbidden(
                f"Vai trò của bạn không được {rule.words.vi}.",
                f"Your role does not allow you to {rule.words.en}.",
            )
        if self.state not in rule.during:
            is_now = STATES[self.state]
            return OutOfOrder(
                f"Không thể {rule.words.vi}: hồ sơ {is_now.vi}.",
                f"You cannot {rule.words.en}: the dossier is {is_now.en}.",
            )
        match act:
            case Act.CONFIRM:
                return self._nothing_to_confirm()
            case Act.REPORT:
                return self._no_report()
            case Act.SUBMIT:
                return self._not_theirs_to_submit(by)
            case Act.WITHDRAW:
                return self._past_withdrawal(by)
            case Act.REVIEW | Act.RETURN | Act.ACCEPT:
                return _own_business(by)
            case Act.FILL:
                return None

    def _nothing_to_confirm(self) -> Problem | None:
        if self.filled_by is None:
            return OutOfOrder(
                "Không có gì cần xác nhận: chủ thể tự ghi hồ sơ này.",
                "There is nothing to confirm: the producer filled this in itself.",
            )
        if self.confirmation is not None:
            return OutOfOrder(
                "Hồ sơ đã được xác nhận và chưa thay đổi.",
                "It has been confirmed, and nothing has changed since.",
            )
        return None

    def _no_report(self) -> Problem | None:
        if REPORT not in self.forms.numbers:
            return OutOfOrder(
                "Quy trình của đợt này không có báo cáo của xã (Mẫu 03).",
                "This round's procedure has no commune's report (Form 03).",
            )
        if self.report is not None:
            return OutOfOrder(
                "Báo cáo của xã đã hoàn thành.", "The commune's report is finished already."
            )
        return None

    def _not_theirs_to_submit(self, by: Actor) -> Problem | None:
        """A contact's own submission says that all is as the contact wants it."""
        if by.is_one_of(Standing.CONTACT):
            return None
        if self.filled_by is None or self.filled_by.by != by.id:
            return Forbidden(
                "Chỉ chủ thể hoặc người đã ghi hồ sơ thay chủ thể được nộp.",
                "Only the producer, or who filled it in on its behalf, submits it.",
            )
        if self.confirmation is None:
            return OutOfOrder(
                "Hồ sơ do cán bộ ghi cần chủ thể xác nhận trước khi nộp.",
                "What an officer filled in needs the producer's confirmation first.",
            )
        return None

    def _past_withdrawal(self, by: Actor) -> Problem | None:
        """An officer may clear away what was never submitted; all else is the producer's."""
        if self.packages and not by.is_one_of(Standing.CONTACT):
            return Forbidden(
                "Hồ sơ đã nộp chỉ do chủ thể rút.",
                "What was submitted is withdrawn by the producer alone.",
            )
        if self.delivered:
            return OutOfOrder(
                "Hồ sơ đã được giao cho hội đồng nên không rút được nữa.",
                "It has been delivered to the council, and cannot be withdrawn any more.",
            )
        return None

    # -- what is done

    def fill(self, changes: Sequence[Change], by: Actor, at: datetime) -> Filled:
        """Save fields. ValidationError for a field or value that is none, Forbidden
        for Form 03 by another than the commune's officer, Collided where another was first.

        A producer confirms what its own forms say: a change there asks for it again. Form 03 is the
        commune's: a change there takes back that it was finished.
        """
        self.check(Act.FILL, by)
        self._refuse_others_report(changes, by)
        sent = self.forms.checked(changes)
        after, made = applied(self.draft, sent)
        self.draft = after
        if any(is_report(one.field) for one in made):
            self.report = None
        if any(not is_report(one.field) for one in made):
            self._unconfirm(by, at)
        return Filled(sent, made)

    def _unconfirm(self, by: Actor, at: datetime) -> None:
        self.confirmation = None
        if self.state is State.CONFIRMED:
            self.state = State.DRAFT
        if not by.is_one_of(Standing.CONTACT):
            self.filled_by = Signature.of(by, at, *FILLERS)

    def _refuse_others_report(self, changes: Sequence[Change], by: Actor) -> None:
        if by.is_one_of(Standing.COMMUNE_OFFICER):
            return
        if theirs := [one.field for one in changes if is_report(one.field)]:
            names = [self.forms.fields[one].label for one in theirs if one in self.forms.fields]
            raise Forbidden(
                f"Báo cáo của xã do cán bộ xã ghi: {'; '.join(one.vi for one in names)}.",
                "The commune's report is its officer's to write: "
                f"{'; '.join(one.en for one in names)}.",
            )

    def confirm(self, by: Actor, at: datetime) -> None:
        self.check(Act.CONFIRM, by)
        self.confirmation = Signature.of(by, at, Standing.CONTACT)
        if self.state is State.DRAFT:
            self.state = State.CONFIRMED

    def finish_report(self, by: Actor, at: datetime) -> None:
        """Unprocessable while a field of Form 03 that has to be there is not."""
        self.check(Act.REPORT, by)
        self.forms.refuse_missing(self.draft, REPORT)
        signed = Signature.of(by, at, Standing.COMMUNE_OFFICER)
        due_on = self.report_due_on
        late = due_on is not None and day_of(at) > due_on
        self.report = Report(signed=signed, due_on=due_on, late=late)

    def submit(self, package_id: Id, by: Actor, at: datetime) -> None:
        """What it needs to be complete was looked at before."""
        self.check(Act.SUBMIT, by)
        signed = Signature.of(by, at, *FILLERS)
        if self.filled_by and not self.confirmation:
            self.confirmation = signed
        number = len(self.packages) + 1
        self.packages = (*self.packages, Submitted(id=package_id, number=number, signed=signed))
        self.state = State.SUBMITTED

    def send_back(
        self, items: Sequence[ReturnedItem], until: date, by: Actor, at: datetime
    ) -> None:
        """For completion of these items of its last package."""
        self.check(Act.RETURN, by)
        signed = Signature.of(by, at, Standing.HELP_TEAM)
        asked = Return(
            package_id=self.packages[-1].id, items=tuple(items), until=until, signed=signed
        )
        self.returns = (*self.returns, asked)
        self.state = State.RETURNED

    def accept(self, by: Actor, at: datetime) -> None:
        """Its last package may go to a council."""
        self.check(Act.ACCEPT, by)
        self.acceptance = Signature.of(by, at, Standing.HELP_TEAM)
        self.state = State.ACCEPTED

    def withdraw(self, reason: str, by: Actor, at: datetime) -> None:
        self.check(Act.WITHDRAW, by)
        signed = Signature.of(by, at, Standing.CONTACT, Standing.OFFICER)
        self.withdrawal = Withdrawal(reason=reason, signed=signed)
        self.state = State.WITHDRAWN

    def follow(self, outcome: Outcome) -> bool:
        """Put it on the timeline, in whatever order they come; False when it stands there."""
        same = (outcome.type, outcome.subject, outcome.version)
        if any((one.type, one.subject, one.version) == same for one in self.outcomes):
            return False
        in_time = (*self.outcomes, outcome)
        self.outcomes = tuple(sorted(in_time, key=lambda one: (one.at, one.subject, one.version)))
        return True


_REVOCABLE = {
    one.type
    for one in (
        ResultApproved, ResultAnnulled, DecisionMade, DecisionAnnulled, HigherResultConfirmed,
        HigherResultAnnulled,
    )
}  # fmt: skip


def _wrong(field: str, vi: str, en: str) -> Unprocessable:
    return Unprocessable(
        "Chưa mở được hồ sơ.", "No dossier can be opened.", [FieldProblem(field, vi, en)]
    )


def _version(outcome: Outcome | None) -> int:
    return outcome.version if outcome else 0


def _own_business(by: Actor) -> Problem | None:
    if by.is_one_of(Standing.CONTACT):
        return Forbidden(
            "Bạn là người liên hệ của chủ thể này nên không thẩm định hồ sơ của họ.",
            "You are a contact of this producer, and do not review its dossiers.",
        )
    return None
