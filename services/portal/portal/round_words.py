"""The words for a round as those read it who set it up: dates, files, deadlines, states of forms and bids."""

from portal.round_calendar import WORDS

DATES = [(code, words) for code, words in WORDS.items() if code != "cdrd"]
"""Dates that people set; the covered document review date follows from the bid window."""
CERTAINTIES = [("target", "Target, may still move"), ("actual", "Actual, told to bidders as it is")]
FILES = [
    ("cbas", "Areas: code, name, state"),
    ("categories", "Categories: code, name, lead_item, remote_item, contract_count"),
    ("lead-items", "Lead items: category, lead_item"),
    ("competitions", "Competitions: category, cba, bid_limit, demand"),
]
"""What a CSV file of a round may hold, with its columns, in the order in which the files build on each other."""
DBIDS_FILES = [("form-a", "Forms A"), ("bids", "Bids")]
"""What a CSV file in place of the feed of DBidS may hold."""
PURPOSES = [
    ("review", "A review of the bid"),
    ("pricing", "Pricing of the competition"),
    ("inquiry", "An inquiry of the bidder"),
    ("offer", "An offer to the bidder"),
    ("audit", "An audit"),
]
"""What amounts of bids are read for."""
DEADLINES = {"CDRD_NOTICE": "Notices of missing covered documents"}
FORM = {"EMPTY": "Not begun", "IN_PROGRESS": "In progress", "APPROVED": "Approved", "LOCKED": "Locked at the close"}
BID = {
    "DRAFT": "Draft",
    "SUBMITTED": "Submitted",
    "WITHDRAWN": "Withdrawn",
    "INCOMPLETE": "Incomplete at the close",
    "RECEIVED": "Received at the close",
    "REMOVED": "Removed with the competition",
}


def date_name(code: str) -> str:
    """Return what a date of the calendar is called."""
    return WORDS.get(code, code.replace("-", " ").capitalize())


def deadline_name(code: str) -> str:
    """Return what a deadline of CMS or CBIC is about."""
    return DEADLINES.get(code, code)


def form_word(state: str) -> str:
    """Return how far a Form A is."""
    return FORM.get(state, state)


def bid_word(state: str) -> str:
    """Return how far a bid is."""
    return BID.get(state, state)
