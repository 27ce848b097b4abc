"""What is true of each notice type (domain/lifecycle.md 4.5, domain/roles.md 1.5): one line a type, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

APPROVE = "staff.notice.approve"
"""A quality reviewer releases most notices."""
DECIDE = "staff.notice.decide"
"""A contracting officer releases breach notices and offers (domain/roles.md 3)."""
BID_PRICES = "staff.bid_price.view"


class Answer(Enum):
    """Where a notice is answered, if it is."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NONE = "none"


@dataclass(frozen=True)
class Kind:
    """One notice type.

    `view` and `respond` are the permissions of the bidder's side. `deadline` is the line of the deadline catalogue
    that gives the due date; without one, the notice is due only where whoever asked for it says when.
    `must_answer`: silence counts against the bidder, so the notice becomes overdue; otherwise the chance has passed.
    `staff_also` is what staff need beside `staff.notice.view` to read it. `own_only` names the permission that lets
    somebody see the notice who is not among the persons it is restricted to. `by_calendar`: a reminder of a date that
    was told before; the calendar may release it, because nobody decides anything in it.
    """

    code: str
    title: str
    view: str
    answer: Answer = Answer.NONE
    respond: str | None = None
    to_do: str = ""
    deadline: str | None = None
    must_answer: bool = True
    approve: str = APPROVE
    staff_also: str | None = None
    own_only: str | None = None
    by_calendar: bool = False


def _breach(code: str, title: str, to_do: str = "", *, deadline: str | None = None) -> Kind:
    """A notice of a breach case; with something to do about it in the case itself, until its date where it has one."""
    if not to_do:
        return Kind(code, title, "notice.breach.view", approve=DECIDE)
    return Kind(
        code,
        title,
        "notice.breach.view",
        Answer.ELSEWHERE,
        "notice.breach.respond",
        to_do=to_do,
        deadline=deadline,
        must_answer=False,  # silence is judged in the case: the action takes effect, or the plan has failed
        approve=DECIDE,
    )


_ALL = (
    Kind(
        "cdrd",
        "Covered documents: what was received and what is missing",
        "notice.cdrd.view",
        Answer.HERE,
        "notice.cdrd.respond",
        to_do="Send the missing covered documents",
        deadline="CDRD_RESPONSE",
    ),
    Kind(
        "bfb",
        "Substantiate your bids",
        "notice.bfb.view",
        Answer.HERE,
        "notice.bfb.respond",
        to_do="Substantiate your bids",
        deadline="BFB_RESPONSE",
        staff_also=BID_PRICES,
    ),
    Kind(
        "pbe",
        "Preliminary bid evaluation",
        "notice.pbe.view",
        Answer.HERE,
        "notice.pbe.respond",
        to_do="Answer the preliminary bid evaluation",
        deadline="PBE_RESPONSE",
    ),
    Kind(
        "disqualification",
        "Disqualified bids",
        "notice.disqualification.view",
        Answer.ELSEWHERE,
        "inquiry.submit",
        to_do="File an inquiry about disqualified bids, if you disagree",
        deadline="INQUIRY",
        must_answer=False,
    ),
    Kind(
        "inquiry-result",
        "Result of your inquiry",
        "notice.inquiry_result.view",
        own_only="notice.disqualification.view",
    ),
    Kind(
        "offer",
        "Contract offers",
        "offer.view",
        Answer.ELSEWHERE,
        "offer.decide",
        to_do="Accept or decline contract offers",
        deadline="OFFER_RESPONSE",
        approve=DECIDE,
    ),
    Kind("bond-return", "Return of bid surety bond liability", "notice.bond_return.view"),
    Kind("bond-forfeiture", "Forfeited bid surety bonds", "offer.view", approve=DECIDE),
    Kind("contract-signed", "Your contract is signed", "contract.signed.view"),
    Kind("form-c-due", "A Form C report is due", "form_c.view", must_answer=False, by_calendar=True),
    Kind(
        "form-c-missing",
        "A Form C report is missing",
        "notice.form_c_missing.view",
        Answer.ELSEWHERE,
        "form_c.submit",
        to_do="Submit the missing Form C",
    ),
    Kind(
        "location-result",
        "Result of your location request",
        "location_change.view",
        Answer.ELSEWHERE,
        "location_change.submit",
        to_do="Answer about your location request",
    ),
    Kind(
        "transfer-result",
        "Your contract transfer request",
        "transfer.view",
        Answer.ELSEWHERE,
        "transfer.submit",
        to_do="Answer about your contract transfer",
    ),
    Kind(
        "subcontract-result",
        "Your subcontractor disclosure",
        "subcontract.submit",
        Answer.ELSEWHERE,
        "subcontract.submit",
        to_do="Answer about your subcontractor disclosure",
    ),
    _breach("breach", "Breach of contract", "Answer the breach notice", deadline="HEARING_REQUEST"),
    _breach(
        "breach-subsequent",
        "Breach of contract: subsequent notice",
        "Answer the breach notice",
        deadline="HEARING_REQUEST",
    ),
    _breach("cap-result", "Your corrective action plan", "Go on with your corrective action plan"),
    _breach("hearing-schedule", "Your hearing is scheduled"),
    _breach("final-determination", "Final determination", "Tell your beneficiaries, and send the proof"),
    Kind("general", "Notice", "contract.view"),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _ALL})
"""Every notice type by its code."""
UNANSWERED = tuple(kind.code for kind in _ALL if kind.answer is Answer.NONE)
"""The types that ask for nothing."""
