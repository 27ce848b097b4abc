"""The deadline catalogue: every deadline of the program, as data (domain/lifecycle.md 2.1).

It stands beside the rule set because every service works by it and because each length is a parameter of the round's
rule set: a line names the parameter, never a number. What a line means for a date is arithmetic, which is the chassis's
(`chassis.deadlines`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.rule_set import DayKind


@dataclass(frozen=True)
class Parameter:
    """A parameter of the rule set, by its dotted name."""

    name: str


@dataclass(frozen=True)
class Deadline:
    """One line of the catalogue.

    `length` is None where the round's calendar fixes the date itself. A deadline that `counts_back` is the last day
    that lies so many days before the trigger; with a length of 0, the day before it. `rolls_forward` moves a
    calendar-day deadline off weekends and holidays: only where somebody outside must act, and never one that counts
    back, which would come too late. `alerts` names the days after the trigger on which the program warns itself.
    """

    code: str
    trigger: str
    length: Parameter | None
    kind: DayKind | Parameter
    who: str
    missed: str
    rolls_forward: bool | Parameter = False
    counts_back: bool = False
    alerts: Parameter | None = None


def _business(code: str, trigger: str, length: str, who: str, missed: str) -> Deadline:
    return Deadline(code, trigger, Parameter(length), "business", who, missed)


def _calendar(code: str, trigger: str, length: str, who: str, missed: str) -> Deadline:
    """Somebody outside must act within calendar days: the last day rolls forward."""
    return Deadline(code, trigger, Parameter(length), "calendar", who, missed, rolls_forward=True)


def _subcontract(code: str, trigger: str) -> Deadline:
    """10 days by the regulation, 10 business days by the contractor's pages: the rule set says which."""
    length, kind = Parameter("subcontract_days"), Parameter("subcontract_day_kind")
    return Deadline(code, trigger, length, kind, "supplier", "breach risk", rolls_forward=True)


def _inside(code: str, trigger: str, length: str, who: str, missed: str) -> Deadline:
    """The program itself must act, or nobody: the date stands where it falls."""
    return Deadline(code, trigger, Parameter(length), "calendar", who, missed)


def _before(code: str, trigger: str, length: str, who: str, missed: str) -> Deadline:
    return Deadline(code, trigger, Parameter(length), "calendar", who, missed, counts_back=True)


_ALL = (
    # bidding: 42 CFR 414.412, 414.414
    Deadline(
        "BID_CLOSE", "round calendar", None, "calendar", "bidder", "nothing more is accepted but what is asked for"
    ),
    Deadline("CDRD", "round calendar", None, "calendar", "bidder", "no notice of missing documents"),
    Deadline(
        "CDRD_NOTICE",
        "CDRD",
        Parameter("cdrd_notice_days"),
        "calendar",
        "CMS or CBIC",
        "internal breach of statute",
        alerts=Parameter("cdrd_notice_alert_days"),
    ),
    _business("CDRD_RESPONSE", "date of notice", "cdrd_response_bdays", "bidder", "bid incomplete, removed"),
    _business("BFB_RESPONSE", "date of notice", "bfb_response_bdays", "bidder", "affected bids removed"),
    _business("PBE_RESPONSE", "date of notice", "pbe_response_bdays", "bidder", "unmet requirement stands"),
    _business("OFFER_RESPONSE", "offer posted", "offer_response_bdays", "AO or BAO", "treated as declined"),
    Deadline(
        "INQUIRY",
        "issue date of disqualification notice",
        Parameter("inquiry_days"),
        "calendar",
        "bidder",
        "not considered",
        rolls_forward=Parameter("inquiry_rolls_forward"),
    ),
    Deadline(
        "BOND_RETURN",
        "public announcement of contract suppliers",
        Parameter("bond_return_days"),
        "calendar",
        "CMS",
        "",
        alerts=Parameter("bond_return_alert_days"),
    ),
    _inside(
        "LATE_OFFER_BOND",
        "public announcement of contract suppliers",
        "late_offer_bond_days",
        "nobody",
        "offers made until then still put the bond at risk",
    ),
    # contracts: 42 CFR 414.422
    _business("FORM_C", "end of the reporting period", "form_c_bdays", "supplier", "failure notice"),
    _inside("FORM_C_ESCALATION", "Form C due", "form_c_escalation_days", "system", "suspected breach"),
    _subcontract("SUBCONTRACT_INITIAL", "contract date"),
    _subcontract("SUBCONTRACT_NEW", "start of arrangement"),
    _before(
        "CHOW_DOCS",
        "effective date of the change of ownership",
        "change_of_ownership.documents_days_before",
        "successor",
        "no transfer",
    ),
    _calendar(
        "NOVATION",
        "effective date of the change of ownership",
        "change_of_ownership.novation_days_after",
        "successor",
        "no transfer",
    ),
    _before(
        "CHOW_NOTICE_OLD",
        "date of the change of ownership",
        "change_of_ownership.notice_days_before",
        "contract supplier",
        "no transfer",
    ),
    _inside("LOCATION_REVIEW", "request received", "location_review_days", "CBIC", "escalate"),
    _calendar("LOCATION_ANSWER", "more information asked", "location_answer_days", "supplier", "request is closed"),
    # breach of contract and hearing: 42 CFR 414.423
    _calendar("CAP_SUBMIT", "date on breach notice", "breach.plan_days", "supplier", "action takes effect"),
    _calendar(
        "HEARING_REQUEST",
        "date on breach notice",
        "breach.hearing_request_days",
        "AO or BAO",
        "action takes effect",
    ),
    _inside("BREACH_EFFECT", "date on breach notice", "breach.effect_days", "system", ""),
    _calendar(
        "CAP_FOLLOWUP",
        "full implementation of the corrective action plan",
        "breach.follow_up_days",
        "supplier",
        "subsequent breach notice",
    ),
    _inside("HEARING_CONTACT", "receipt of timely request", "breach.hearing_contact_days", "hearing officer", ""),
    _before("HEARING_NOTICE", "hearing", "breach.hearing_notice_days", "hearing officer", "hearing invalid"),
    _inside("CMS_EVIDENCE", "receipt of scheduling notice", "breach.cms_evidence_days", "CMS", ""),
    _before("EVIDENCE_SHARE", "hearing", "breach.evidence_share_days", "hearing officer", ""),
    _inside("RECOMMENDATION", "close of hearing", "breach.recommendation_days", "hearing officer", ""),
    _inside("FINAL_DECISION", "receipt of recommendation", "breach.decision_days", "CMS", ""),
    _calendar(
        "BENEFICIARY_NOTICE",
        "receipt of final suspension or termination notice",
        "breach.beneficiary_notice_days",
        "supplier",
        "further breach",
    ),
)

DEADLINES: Mapping[str, Deadline] = MappingProxyType({deadline.code: deadline for deadline in _ALL})
"""Every deadline by its code, in the order of the rule book."""
