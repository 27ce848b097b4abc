from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move
from notices_svc.notices.kinds import APPROVE, DECIDE

EDIT = "staff.notice.edit"
READER = "whoever may see it"
RESPONDER = "whoever may answer it"
"""The permissions of a notice are those of its type; the table speaks of whoever holds them."""


class NoticeState(StrEnum):
    """Where a notice stands (domain/lifecycle.md 4.5)."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    ISSUED = "ISSUED"
    VIEWED = "VIEWED"
    RESPONSE_DRAFT = "RESPONSE_DRAFT"
    RESPONDED = "RESPONDED"
    OVERDUE = "OVERDUE"
    SATISFIED = "SATISFIED"
    UNSATISFIED = "UNSATISFIED"
    RESCINDED = "RESCINDED"


DRAFT, IN_REVIEW, APPROVED = NoticeState.DRAFT, NoticeState.IN_REVIEW, NoticeState.APPROVED
ISSUED, VIEWED, RESPONSE_DRAFT = NoticeState.ISSUED, NoticeState.VIEWED, NoticeState.RESPONSE_DRAFT
RESPONDED, OVERDUE = NoticeState.RESPONDED, NoticeState.OVERDUE
SATISFIED, UNSATISFIED, RESCINDED = NoticeState.SATISFIED, NoticeState.UNSATISFIED, NoticeState.RESCINDED

BEFORE_ISSUE = (DRAFT, IN_REVIEW, APPROVED)
"""Nobody it is for has seen it."""
WAITING = (ISSUED, VIEWED, RESPONSE_DRAFT)
"""Issued, and nothing was submitted yet: the due date still matters."""

LIFECYCLE = Lifecycle(
    "notice",
    start=DRAFT,
    ends={SATISFIED, UNSATISFIED, RESCINDED},
    moves=[
        Move((DRAFT, IN_REVIEW), "draft again", DRAFT, guard="whoever asked for it asks again, with other fields"),
        Move(DRAFT, "submit", IN_REVIEW, by=EDIT, guard="the fields are complete"),
        Move(IN_REVIEW, "return", DRAFT, by=APPROVE, guard="a reason"),
        Move(IN_REVIEW, "approve", APPROVED, by=APPROVE, guard="another person than the drafter"),
        Move(APPROVED, "issue", ISSUED, guard="with its batch", effects="due date, To-Do, e-mail pointer"),
        Move(ISSUED, "open", VIEWED, by=READER, guard="the first time", effects="does not move the clock"),
        Move(WAITING, "save draft", RESPONSE_DRAFT, by=RESPONDER, guard="before the due date"),
        Move((*WAITING, RESPONDED), "respond", RESPONDED, by=RESPONDER, guard="before the due date"),
        Move((*WAITING, RESPONDED), "hear answer", RESPONDED, guard="it was answered where it belongs"),
        Move(WAITING, "pass due", OVERDUE, guard="an answer is needed; a draft is none"),
        Move((RESPONDED, OVERDUE), "satisfy", SATISFIED, guard="two reviewers decided"),
        Move((RESPONDED, OVERDUE), "leave unsatisfied", UNSATISFIED, guard="two reviewers decided"),
        Move((*WAITING, RESPONDED, OVERDUE), "rescind", RESCINDED, by=DECIDE, guard="a reason"),
    ],
)
