"""BID-06 and BID-07 by the enrolment record: told before the close, decided in the evaluation alone.

Nothing here keeps a bid from being certified: the record may be put right until the close. What could not be checked
is never taken for yes.
"""

from collections.abc import Iterator, Sequence

from bidding_svc.form_b.content import BidContent
from bidding_svc.form_b.related import Findings, Told
from bidding_svc.forms.problem import Code, FormProblem, Weight
from chassis.answers import Answer

NAMED = 5
"""How many locations or states a sentence names; the others are counted."""
WEIGHTS = {Answer.NO: Weight.WARNING, Answer.COULD_NOT_CHECK: Weight.COULD_NOT_CHECK}


def bid_06_every_location_of_the_group_is_listed(bid: BidContent) -> Iterator[FormProblem]:
    """BID-06: the bidder's other active locations in the area are listed, and those of its group."""
    record = bid.record
    if record is None:
        return
    if not record.own:
        yield _about(
            "BID-06",
            "Whether Form A lists every location you have in this area could not be checked: the enrollment record "
            "has told nothing of your organization.",
            Answer.COULD_NOT_CHECK,
        )
    elif unlisted := record.unlisted(bid.serving, bid.cba.state):
        yield _about(
            "BID-06",
            f"The enrollment record has active locations of yours in this area that Form A does not list for this "
            f"category: {_named(unlisted)}. Every location of your group there must be listed.",
            Answer.NO,
        )


def bid_07_locations_are_licensed_and_accredited(bid: BidContent) -> Iterator[FormProblem]:
    """BID-07: by the close, accredited each and licensed each or together as the rule set says."""
    record, serving = bid.record, bid.serving
    if record is None or not serving:
        return
    accredited = record.by_accreditation(serving, bid.category.code)
    states = {ptan: bid.states_served(ptan) for ptan in serving}
    licensed = record.by_licence(states, bid.category.code, bid.rules.licence_rule)
    for answer in WEIGHTS:
        if found := accredited.get(answer):
            yield _about("BID-07", f"{_begin(answer)} accredited for this category: {_named(found)}.", answer)
        if found := licensed.get(answer):
            what = "licensed in each state it serves" if bid.rules.licence_rule == "each_location" else "licensed for"
            yield _about("BID-07", f"{_begin(answer)} {what}: {_named(found)}.", answer)


def unlisted_by_the_group(findings: Findings) -> Iterator[FormProblem]:
    """BID-06 for locations of other suppliers of the group, which only comparing sees."""
    if findings.get("BID-06") == Told.BIDDER:
        yield _about(
            "BID-06",
            "The enrollment record knows active locations of your ownership group in this area that your Form A does "
            "not list for this category. Every location of the group there must be listed.",
            Answer.NO,
        )


def _begin(answer: Answer) -> str:
    if answer is Answer.NO:
        return "By the enrollment record, on the day the window closes, this is not"
    return "It could not be checked whether, on the day the window closes, this is"


def _named(found: Sequence[str]) -> str:
    more = len(found) - NAMED
    return ", ".join(found[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _about(code: Code, message: str, answer: Answer) -> FormProblem:
    return FormProblem(path="locations", code=code, message=message, weight=WEIGHTS[answer])
