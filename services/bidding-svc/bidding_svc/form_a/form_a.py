"""Form A: who bids, with which locations, under whose control, and what there is to disclose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.form_a.lifecycle import LIFECYCLE, FormAState
from bidding_svc.forms.field import Section
from bidding_svc.forms.hand import Hand
from bidding_svc.forms.permissions import APPROVE_FORM_A
from bidding_svc.forms.problem import FormProblem, Weight, has_errors
from bidding_svc.forms.reading import Answers
from bidding_svc.forms.sheet import Sheet
from chassis.aggregate import Aggregate
from chassis.errors import Conflict, FieldProblem, Invalid
from chassis.ids import new_id
from events.bidding import FormAApproved, FormALocked, FormAVoided


class FormANotReady(Invalid):
    """Form A cannot be approved yet. Mend the fields named here."""


class FormAChanged(Conflict):
    """Form A was changed after you opened it. Read it again before you approve it."""


class FormAEntry(Base):
    """One location, ownership link or network member of a Form A."""

    __tablename__ = "form_a_entry"
    __table_args__ = (
        UniqueConstraint("form_id", "section", "key"),
        Index("form_a_entry_ptan_idx", "ptan", "section"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    form_id: Mapped[UUID] = mapped_column(ForeignKey("form_a.id"))
    organization_id: Mapped[UUID]
    section: Mapped[str]
    key: Mapped[str] = mapped_column(comment="the PTAN of a location or member; any id of a link")
    ptan: Mapped[str | None] = mapped_column(comment="whom the entry names, where it has a PTAN")
    kept: Mapped[dict[str, Any]] = mapped_column(JSONB)

    def __init__(self, form: "FormA", section: Section, key: str) -> None:
        self.id = new_id()
        self.form_id, self.organization_id = form.id, form.organization_id
        self.section, self.key, self.kept = section.name, key, {}
        self.ptan = key if section.keyed_by_ptan else None

    @property
    def sheet(self) -> Sheet:
        """Its answers."""
        return Sheet(self.kept)

    def take(self, sheet: Sheet, section: Section) -> None:
        """Take over changed answers; an entry that is not keyed by a PTAN may name one in an answer."""
        self.kept = sheet.kept
        named = sheet.answers.get("ptan")
        if not section.keyed_by_ptan:
            self.ptan = named if isinstance(named, str) else None


class FormA(Aggregate, Base):
    """The Form A of one bidder: the same id as the bidder's. Its entries (locations, links, members) stand apart.

    `version` counts every change; a section or an entry remembers at which version it last changed.
    """

    __tablename__ = "form_a"
    __table_args__ = (Index("form_a_compare_idx", "id", postgresql_where=text("compared_version < version")),)

    id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), index=True)
    state: Mapped[FormAState]
    state_at_close: Mapped[str | None] = mapped_column(comment="the last state before it was locked")
    version: Mapped[int]
    compared_version: Mapped[int] = mapped_column(comment="the version its bids were last compared by")
    business: Mapped[dict[str, Any]] = mapped_column(JSONB)
    disclosures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    changed_at: Mapped[datetime]

    def __init__(self, *, bidder_id: UUID, organization_id: UUID, round_code: str, at: datetime) -> None:
        self.id, self.organization_id, self.round_code = bidder_id, organization_id, round_code
        self.state, self.business, self.disclosures = LIFECYCLE.start, {}, {}
        self.version = self.compared_version = 0
        self.state_at_close = self.approved_at = self.approved_by = None
        self.changed_at = at

    @property
    def is_approved(self) -> bool:
        """Whether it stands approved; once locked, whether it stood approved at the close."""
        return FormAState.APPROVED in (self.state, self.state_at_close)

    def sheet(self, section: Section) -> Sheet:
        """Return the answers of a section that is answered once."""
        return Sheet(getattr(self, section.name))

    def edit(self, section: Section, given: Answers, hand: Hand) -> bool:
        """Change answers of a section; the same answers change nothing. Returns whether something changed.

        Raises `ChangedMeanwhile` when the section changed after the hand read it, `WouldVoid` and `NotAField`.
        """
        sheet = self._edited(section, self.sheet(section), given, hand)
        if sheet is not None:
            setattr(self, section.name, sheet.kept)
        return sheet is not None

    def add_entry(self, section: Section, key: str, hand: Hand) -> FormAEntry:
        """Put a location, link or member on the form, with nothing answered yet."""
        self._change(hand, material=True)
        self.audit("form-a.add", after={"section": section.name, "key": key})
        return FormAEntry(self, section, key)

    def edit_entry(self, entry: FormAEntry, section: Section, given: Answers, hand: Hand) -> bool:
        """Change answers of a location, link or member. Returns and raises as `edit` does."""
        sheet = self._edited(section, entry.sheet, given, hand, entry.key)
        if sheet is not None:
            entry.take(sheet, section)
        return sheet is not None

    def remove_entry(self, entry: FormAEntry, section: Section, hand: Hand) -> None:
        """Take a location, link or member off the form. Raises `ChangedMeanwhile`."""
        entry.sheet.require_unchanged_since(hand.base)
        self._change(hand, material=True)
        self.audit("form-a.remove", before={"section": section.name, "key": entry.key, **entry.sheet.answers})

    def approve(self, problems: list[FormProblem], hand: Hand) -> None:
        """Approve the form as it stands.

        Raises `FormAChanged` when it changed since, `FormANotReady` with everything that is missing or wrong, and
        `NotAllowedNow` when there is nothing to approve.
        """
        if hand.base not in (None, self.version):
            raise FormAChanged
        if self.state is FormAState.IN_PROGRESS and has_errors(problems):
            raise FormANotReady(
                fields=[FieldProblem(each.path, each.message) for each in problems if each.weight is Weight.ERROR]
            )
        self._move("approve", hand.at)
        self.approved_at, self.approved_by = hand.at, hand.by
        self.say(FormAApproved(**self._about(), approved_at=hand.at))

    def reopen(self, hand: Hand) -> None:
        """It does not stand approved any more where it was entered."""
        if self.state is FormAState.APPROVED:
            self._change(hand, material=True)

    def lock(self, at: datetime) -> None:
        """The window has closed: the form stays as it stands. Raises `NotAllowedNow` when it is locked."""
        self.state_at_close = self.state.value
        self._move("lock", at)
        self.say(FormALocked(**self._about(), approved=self.is_approved, locked_at=at))

    def _edited(
        self, section: Section, sheet: Sheet, given: Answers, hand: Hand, key: str | None = None
    ) -> Sheet | None:
        names = sheet.differing(section, given)
        if not names:
            return None
        sheet.require_unchanged_since(hand.base)
        before = {name: sheet.answers.get(name) for name in names}
        self._change(hand, material=any(section.field(name).material for name in names))
        changed = sheet.with_answers(given, names, version=self.version, by=hand.by)
        where = {"section": section.name} | ({"key": key} if key else {})
        self.audit(
            "form-a.edit",
            before=where | before,
            after=where | {name: changed.answers[name] for name in names},
        )
        return changed

    def _change(self, hand: Hand, *, material: bool) -> None:
        voids = material and self.state is FormAState.APPROVED
        if voids:
            hand.require_may_void()
        self.version += 1
        self.changed_at = hand.at
        if self.state is FormAState.APPROVED and not material:
            return
        self._move("edit", hand.at)
        if voids:
            self.approved_at = self.approved_by = None
            self.say(FormAVoided(**self._about(), permission=APPROVE_FORM_A, voided_at=hand.at, due_at=hand.closes_at))

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.changed_at = at
        if before is not self.state:
            self.audit(f"form-a.{verb}", before={"state": before}, after={"state": self.state})

    def _about(self) -> dict[str, Any]:
        return {"bidder_id": self.id, "organization_id": self.organization_id, "round_code": self.round_code}
