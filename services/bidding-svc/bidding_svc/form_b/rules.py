"""BID-01 to BID-10, as far as a bid and its own bidder's forms tell (domain/bidding.md 3).

Each rule is a function that returns what breaks it. What takes the bids of others is found by `comparing.py`; what the
enrolment record says of locations stands in `enrolment_rules.py`.
"""

from collections.abc import Callable, Iterator

from bidding_svc.form_a.fields import NETWORK
from bidding_svc.form_b.content import BidContent
from bidding_svc.form_b.enrolment_rules import (
    bid_06_every_location_of_the_group_is_listed,
    bid_07_locations_are_licensed_and_accredited,
    unlisted_by_the_group,
)
from bidding_svc.form_b.related import Findings, Told
from bidding_svc.forms.problem import Code, FormProblem, Weight

Rule = Callable[[BidContent], Iterator[FormProblem]]


def bid_01_amount_is_a_price_for_a_new_item(bid: BidContent) -> Iterator[FormProblem]:
    """BID-01: above zero, in dollars and cents, for a new item, on the basis its code demands."""
    if bid.amount == 0:
        yield problem("bid.amount", "BID-01", "Enter an amount above zero.")
    if bid.values.get("new_item_on_basis") is False:
        yield problem(
            "bid.new_item_on_basis", "BID-01", f"Bid for a new item, on a {basis(bid)} basis; then answer yes."
        )


def bid_02_amount_is_up_to_the_limit(bid: BidContent) -> Iterator[FormProblem]:
    """BID-02: at most the bid limit of the lead item in the area, the fee schedule amount without adjustment."""
    limit = bid.competition.bid_limit_cents
    if not bid.limits_by_average_fee and bid.amount is not None and bid.amount > limit:
        yield problem("bid.amount", "BID-02", f"The bid limit here is {dollars(limit)}. Enter that or less.")


def bid_03_capacity_is_whole_units(bid: BidContent) -> Iterator[FormProblem]:
    """BID-03: whole units a calendar year, above zero; more than the projected demand is worth a look."""
    if bid.capacity == 0:
        yield problem("bid.capacity", "BID-03", "Enter a capacity of at least one unit.")
    if bid.capacity is not None and bid.capacity > bid.competition.demand:
        yield problem(
            "bid.capacity",
            "BID-03",
            f"This is more than the projected demand of {bid.competition.demand:,} units. Check it before you certify.",
            Weight.WARNING,
        )


def bid_04_capped_rental_counts_as_purchase_units(bid: BidContent) -> Iterator[FormProblem]:
    """BID-04: capacity for capped rental is rental months divided by ten; oxygen and ventilators count rental units.

    A rest of months makes no unit: the division is rounded down.
    """
    months, rules = bid.values.get("rental_months"), bid.rules.bids
    if bid.category.code not in rules.capped_rental or months is None or bid.capacity is None:
        return
    units = months // rules.rental_months_per_unit
    if bid.capacity != units:
        yield problem(
            "bid.capacity",
            "BID-04",
            f"{months:,} rental months count as {units:,} units: enter that, or correct the months.",
        )


def bid_06_a_location_serves_the_area(bid: BidContent) -> Iterator[FormProblem]:
    """BID-06: Form A lists a location that offers the category in the area."""
    if not bid.serving:
        where = f" in {bid.cba.state}" if bid.cba.state else ""
        yield problem(
            "locations", "BID-06", f"No location of your Form A offers {bid.category.name}{where}. Add it there."
        )


def bid_08_amount_is_up_to_the_average_fee(bid: BidContent) -> Iterator[FormProblem]:
    """BID-08: for remote item delivery, where the rule set says so, at most the average fee schedule amount."""
    limit = bid.competition.bid_limit_cents
    if bid.limits_by_average_fee and bid.amount is not None and bid.amount > limit:
        remote = bid.rules.remote_item
        year = f" {remote.bid_limit_fee_year}" if remote and remote.bid_limit_fee_year else ""
        yield problem(
            "bid.amount", "BID-08", f"The average{year} fee schedule amount is {dollars(limit)}. Enter that or less."
        )


def bid_09_a_network_bids_for_its_share(bid: BidContent) -> Iterator[FormProblem]:
    """BID-09, 42 CFR 414.418: when bidding, a network's share of the demand is at most that of the rule set."""
    if bid.form_a.business.get("bidding_as") != NETWORK or bid.capacity is None:
        return
    most = int(bid.rules.networks.share * bid.competition.demand)
    if bid.capacity > most:
        yield problem("bid.capacity", "BID-09", f"A network may bid for at most {most:,} units here.")


def bid_10_amount_accounts_for_all_items(bid: BidContent) -> Iterator[FormProblem]:
    """BID-10: the amount accounts for all costs of furnishing all items of the category."""
    if bid.values.get("covers_all_items") is False:
        yield problem(
            "bid.covers_all_items",
            "BID-10",
            "The amount must account for all costs of furnishing all items of the category; then answer yes.",
        )


RULES: tuple[Rule, ...] = (
    bid_01_amount_is_a_price_for_a_new_item,
    bid_02_amount_is_up_to_the_limit,
    bid_03_capacity_is_whole_units,
    bid_04_capped_rental_counts_as_purchase_units,
    bid_06_a_location_serves_the_area,
    bid_06_every_location_of_the_group_is_listed,
    bid_07_locations_are_licensed_and_accredited,
    bid_08_amount_is_up_to_the_average_fee,
    bid_09_a_network_bids_for_its_share,
    bid_10_amount_accounts_for_all_items,
)


def related_bids(findings: Findings) -> Iterator[FormProblem]:
    """BID-05 and BID-09, as far as the bidder is told what comparing the bids of the competition found.

    All related bids of a group would be disqualified, so a second one is not certified beside the first. A network
    names its members without asking them: that a member also bids alone is told, and keeps it from nothing.
    """
    if findings.get("BID-05") == Told.BIDDER:
        yield problem(
            "bid",
            "BID-05",
            "A supplier under common ownership or control with you has a submitted bid in this competition. "
            "One bid of a group counts: withdraw one of them, or all are disqualified.",
        )
    if findings.get("BID-09") == Told.BIDDER:
        yield problem(
            "bid",
            "BID-09",
            "A network that names you as its member has a submitted bid in this competition. "
            "A member may not bid alone beside its network: withdraw this bid, or leave the network.",
            Weight.WARNING,
        )


def problems_of(bid: BidContent) -> list[FormProblem]:
    """Return everything that is not right yet, unreadable answers first."""
    of_others = (*related_bids(bid.findings), *unlisted_by_the_group(bid.findings))
    return [*bid.unread, *(found for rule in RULES for found in rule(bid)), *of_others]


def basis(bid: BidContent) -> str:
    """Whether the lead item of this category is bought or rented."""
    rules = bid.rules.bids
    rented = bid.category.code in rules.rental or bid.category.code in rules.capped_rental
    return "monthly rental" if rented else "purchase"


def dollars(cents: int) -> str:
    """Write an amount: "$1,234.50"."""
    return f"${cents // 100:,}.{cents % 100:02}"


def problem(path: str, code: Code, message: str, weight: Weight = Weight.ERROR) -> FormProblem:
    """Say what breaks a rule, and what to do about it."""
    return FormProblem(path=path, code=code, message=message, weight=weight)
