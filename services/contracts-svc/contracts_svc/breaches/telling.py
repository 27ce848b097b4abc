"""What a breach case tells the other services: notices, upload slots, a preclusion, a further suspicion."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.ids import new_id
from contracts_svc.breaches import action as actions
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.permissions import RESPOND, STAFF_FILES, VIEW
from events.breaches import SupplierPrecluded
from events.contract_documents import SlotRequested
from events.contracts import BreachSuspected, NoticeAnswered, NoticeRequested
from events.notice_fields import (
    THE_CALENDAR,
    BreachAction,
    BreachFields,
    BreachSubsequentFields,
    CapResultFields,
    DeterminedAction,
    FinalDeterminationFields,
    HearingScheduleFields,
    NoticeFields,
    NoticeSubject,
)

BREACH = "breach"
PDF = "application/pdf"
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20


def subject_of(case: BreachCase) -> str:
    """How its upload slots name it."""
    return f"{BREACH}:{case.id}"


def ask_for_files(case: BreachCase, at: datetime) -> None:
    """Ask for the slot of what the supplier may send now; asked again, its times change."""
    if case.slot_id is None or case.slot_until is None:
        return
    case.say(
        SlotRequested(
            slot_id=case.slot_id,
            slot_subject=subject_of(case),
            organization_id=case.organization_id,
            upload_permission=RESPOND,
            read_permission=VIEW,
            staff_read_permission=STAFF_FILES,
            label=case.slot_label,
            accepted_types=(PDF,),
            max_bytes=MOST_BYTES,
            max_files=MOST_FILES,
            opens_at=at,
            closes_at=case.slot_until,
            asked_by="contract",
        )
    )


def breach_notice(case: BreachCase, *, failed_because: str, by: UUID, at: datetime) -> None:
    """The notice of breach, or a subsequent one: recommended by one person, and released by another."""
    named = tuple(
        BreachAction(action=each.kind.value, label=each.label, effective_on=case.named_on) for each in case.actions
    )
    fields: NoticeFields
    if failed_because:
        fields = BreachSubsequentFields(
            contract_number=case.contract_number,
            deviations=tuple(case.deviations),
            actions=named,
            cap_allowed=case.cap_allowed,
            plan_failed_because=failed_because,
        )
    else:
        fields = BreachFields(
            contract_number=case.contract_number,
            deviations=tuple(case.deviations),
            actions=named,
            cap_allowed=case.cap_allowed,
        )
    asked_by = case.plan_recommended_by if failed_because else case.recommended_by
    _request(case, fields, requested_by=asked_by or by, released_by=by, at=at)


def plan_result(
    case: BreachCase,
    outcome: Literal["accepted", "revise"],
    explanation: str,
    *,
    requested_by: UUID,
    released_by: UUID | None,
    due_at: datetime | None,
    at: datetime,
) -> None:
    """What was decided about a plan: to carry it out, or to revise it."""
    case.notice_id = new_id()
    fields = CapResultFields(
        contract_number=case.contract_number,
        outcome=outcome,
        finish_by=case.finish_on if outcome == "accepted" else None,
        explanation=explanation,
    )
    _request(case, fields, requested_by=requested_by, released_by=released_by, due_at=due_at, at=at)


def hearing_notice(case: BreachCase, evidence_by: date, *, by: UUID, at: datetime) -> None:
    """When and how the hearing is held; a contracting officer releases it on the notice desk."""
    if case.held_at is None:
        return
    case.notice_id = new_id()
    held_by: Literal["in-person", "telephone"] = "telephone" if case.held_by == "telephone" else "in-person"
    fields = HearingScheduleFields(
        contract_number=case.contract_number,
        held_at=case.held_at,
        held_by=held_by,
        place=case.place,
        evidence_by=evidence_by,
    )
    _request(case, fields, requested_by=by, released_by=None, at=at)


def determination(case: BreachCase, *, requested_by: UUID, released_by: UUID | None, at: datetime) -> None:
    """The final determination, action by action; with the date by which beneficiaries are told, where they are."""
    fields = FinalDeterminationFields(
        contract_number=case.contract_number,
        actions=tuple(
            DeterminedAction(
                label=each.label,
                applies=bool(each.applies),
                effective_on=each.effective_on,
                explanation=each.decided_because,
            )
            for each in case.actions
        ),
    )
    _request(case, fields, requested_by=requested_by, released_by=released_by, due_at=case.proof_by, at=at)


def determination_by_the_calendar(case: BreachCase, at: datetime) -> None:
    """Nobody answered the notice: its actions are in effect."""
    determination(case, requested_by=THE_CALENDAR, released_by=None, at=at)


def answered(case: BreachCase, at: datetime) -> None:
    """What the latest notice asks for was done here: nothing is to do about it any more."""
    if case.notice_id is not None:
        case.say(NoticeAnswered(notice_id=case.notice_id, organization_id=case.organization_id, answered_at=at))


def precluded(case: BreachCase, action: actions.BreachAction, on: date, at: datetime) -> None:
    """The supplier is precluded from a named round: its bid evaluation looks that up."""
    if action.precluded_from is not None:
        case.say(
            SupplierPrecluded(
                preclusion_id=action.id,
                contract_id=case.contract_id,
                contract_number=case.contract_number,
                organization_id=case.organization_id,
                round_code=case.round_code,
                precluded_from=action.precluded_from,
                effective_on=on,
                precluded_at=at,
            )
        )


def further_breach(case: BreachCase, at: datetime) -> None:
    """No proof came that beneficiaries were told: a further breach is suspected (lifecycle.md 2.1)."""
    case.say(
        BreachSuspected(
            suspicion_id=new_id(),
            contract_id=case.contract_id,
            organization_id=case.organization_id,
            round_code=case.round_code,
            contract_number=case.contract_number,
            ground=Ground.BENEFICIARY_NOTICE.value,
            about=NoticeSubject(kind=BREACH, id=case.id),
            label="No proof came that the beneficiaries were told of the end or suspension of the contract.",
            suspected_at=at,
        )
    )


def _request(
    case: BreachCase,
    fields: NoticeFields,
    *,
    requested_by: UUID,
    released_by: UUID | None,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    if case.notice_id is None:
        raise ValueError("a notice that is asked for has an id")
    case.say(
        NoticeRequested(
            notice_id=case.notice_id,
            organization_id=case.organization_id,
            round_code=case.round_code,
            about=NoticeSubject(kind=BREACH, id=case.id),
            requested_by=requested_by,
            requested_at=at,
            fields=fields,
            due_at=due_at,
            released_by=released_by,
        )
    )
