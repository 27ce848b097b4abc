from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move
from contracts_svc.breaches.permissions import DECIDE, EDIT, HEAR, RESPOND


class BreachState(StrEnum):
    """Where a breach case stands (domain/lifecycle.md 4.14)."""

    SUSPECTED = "SUSPECTED"
    RECOMMENDED = "RECOMMENDED"
    NOTICE_ISSUED = "NOTICE_ISSUED"
    CAP_REVIEW = "CAP_REVIEW"
    CAP_REVISION = "CAP_REVISION"
    CAP_ACTIVE = "CAP_ACTIVE"
    SUBSEQUENT_NOTICE = "SUBSEQUENT_NOTICE"
    HEARING_REQUESTED = "HEARING_REQUESTED"
    HEARING_SCHEDULED = "HEARING_SCHEDULED"
    HEARD = "HEARD"
    RECOMMENDED_TO_CMS = "RECOMMENDED_TO_CMS"
    DECIDED = "DECIDED"
    CURED = "CURED"
    ACTION_IN_EFFECT = "ACTION_IN_EFFECT"
    CLOSED_NO_ACTION = "CLOSED_NO_ACTION"


SUSPECTED, RECOMMENDED, NOTICE_ISSUED = BreachState.SUSPECTED, BreachState.RECOMMENDED, BreachState.NOTICE_ISSUED
CAP_REVIEW, CAP_REVISION, CAP_ACTIVE = BreachState.CAP_REVIEW, BreachState.CAP_REVISION, BreachState.CAP_ACTIVE
SUBSEQUENT_NOTICE = BreachState.SUBSEQUENT_NOTICE
HEARING_REQUESTED, HEARING_SCHEDULED = BreachState.HEARING_REQUESTED, BreachState.HEARING_SCHEDULED
HEARD, RECOMMENDED_TO_CMS, DECIDED = BreachState.HEARD, BreachState.RECOMMENDED_TO_CMS, BreachState.DECIDED
CURED, ACTION_IN_EFFECT = BreachState.CURED, BreachState.ACTION_IN_EFFECT
CLOSED_NO_ACTION = BreachState.CLOSED_NO_ACTION

INTERNAL = (SUSPECTED, RECOMMENDED)
"""Before a notice was issued the supplier knows of no case."""
NOTICED = (NOTICE_ISSUED, SUBSEQUENT_NOTICE)
"""States in which the supplier may answer a notice, and the action takes effect where it does not."""
ENDS = (CURED, ACTION_IN_EFFECT, CLOSED_NO_ACTION)

LIFECYCLE = Lifecycle(
    "breach case",
    start=SUSPECTED,
    ends=set(ENDS),
    moves=[
        Move(SUSPECTED, "recommend", RECOMMENDED, by=EDIT, guard="evidence, action(s) named"),
        Move(SUSPECTED, "dismiss", CLOSED_NO_ACTION, by=EDIT, guard="said why"),
        Move(RECOMMENDED, "send back", SUSPECTED, by=DECIDE, guard="said why"),
        Move(
            RECOMMENDED,
            "issue notice",
            NOTICE_ISSUED,
            by=DECIDE,
            guard="action(s) named, somebody else than who recommended it",
            effects="clocks of 30, 30 and 45 days",
        ),
        Move(
            NOTICED,
            "submit plan",
            CAP_REVIEW,
            by=RESPOND,
            guard="a plan is allowed, within 30 days",
            effects="the effect is stayed",
        ),
        Move(CAP_REVIEW, "return plan", CAP_REVISION, by=EDIT, guard="first time only"),
        Move(CAP_REVISION, "resubmit plan", CAP_REVIEW, by=RESPOND, guard="before its date"),
        Move(CAP_REVISION, "miss revision", CAP_REVIEW, guard="its date passes", effects="the plan stands as it was"),
        Move(CAP_REVIEW, "recommend plan", CAP_REVIEW, by=EDIT, guard="accept it or not"),
        Move(
            CAP_REVIEW,
            "accept plan",
            CAP_ACTIVE,
            by=DECIDE,
            guard="recommended by somebody else",
            effects="timeframes stored",
        ),
        Move(CAP_ACTIVE, "report", CAP_ACTIVE, by=RESPOND, guard="within 5 days after completion"),
        Move(CAP_ACTIVE, "miss report", CAP_ACTIVE, guard="its date passes"),
        Move(CAP_ACTIVE, "verify", CURED, by=EDIT, guard="the follow-up report came in time"),
        Move(
            (CAP_REVIEW, CAP_ACTIVE),
            "issue subsequent notice",
            SUBSEQUENT_NOTICE,
            by=DECIDE,
            guard="plan not accepted, or not carried out",
            effects="new notice, new clocks",
        ),
        Move(
            NOTICED,
            "request hearing",
            HEARING_REQUESTED,
            by=RESPOND,
            guard="in writing, with evidence, within 30 days",
            effects="the effect is stayed",
        ),
        Move(
            (HEARING_REQUESTED, HEARING_SCHEDULED),
            "schedule",
            HEARING_SCHEDULED,
            by=HEAR,
            guard="30 days or more before it",
        ),
        Move(HEARING_REQUESTED, "permit evidence", HEARING_REQUESTED, by=HEAR),
        Move(HEARING_SCHEDULED, "permit evidence", HEARING_SCHEDULED, by=HEAR),
        Move(HEARING_REQUESTED, "add evidence", HEARING_REQUESTED, by=RESPOND, guard="where it was permitted"),
        Move(HEARING_SCHEDULED, "add evidence", HEARING_SCHEDULED, by=RESPOND, guard="where it was permitted"),
        Move(HEARING_SCHEDULED, "give evidence", HEARING_SCHEDULED, by=EDIT, guard="CMS, within 10 days"),
        Move(
            HEARING_SCHEDULED, "share evidence", HEARING_SCHEDULED, by=HEAR, guard="15 days or more before the hearing"
        ),
        Move(HEARING_SCHEDULED, "hold", HEARD, by=HEAR, guard="its time has come, evidence was shared"),
        Move(HEARD, "extend", HEARD, by=DECIDE, guard="said why"),
        Move(HEARD, "recommend to CMS", RECOMMENDED_TO_CMS, by=HEAR, guard="each action"),
        Move(
            RECOMMENDED_TO_CMS,
            "decide",
            DECIDED,
            by=DECIDE,
            guard="each action, by somebody who recommended nothing",
            effects="final and binding",
        ),
        Move(
            (*NOTICED, DECIDED),
            "take effect",
            ACTION_IN_EFFECT,
            guard="at least one action applies, its date has come, no plan, no hearing",
            effects="contract suspended or terminated, preclusion",
        ),
        Move(DECIDED, "close", CLOSED_NO_ACTION, guard="no action applies"),
    ],
)
