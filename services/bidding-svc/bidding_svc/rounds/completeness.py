"""What a round needs before it can be announced (domain/lifecycle.md 4.1): each missing thing is named."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bidding_svc.rounds.calendar import NEEDED
from chassis.errors import FieldProblem, Invalid

if TYPE_CHECKING:
    from bidding_svc.rounds.round import Round


class RoundNotComplete(Invalid):
    """The round cannot be announced yet. Complete what is named, then publish it."""


def what_is_missing(round_: "Round", priced_areas: Mapping[str, int]) -> list[FieldProblem]:
    """Name everything the round still needs; `priced_areas` counts the competitions of each category."""
    return [FieldProblem(path, message) for path, message in _missing(round_, priced_areas)]


def _missing(round_: "Round", priced_areas: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    dates = {date.code for date in round_.dates}
    for code in NEEDED:
        if code not in dates:
            yield f"calendar.{code}", f"Set the date “{code}”."
    if not round_.rules.required_financial_docs:
        yield "rule_set.required_financial_docs", "Use a rule set that names the documents every bidder uploads."
    if not round_.cbas:
        yield "cbas", "Import the competitive bidding areas."
    categories = [each for each in round_.categories if each.removed_on is None]
    if not categories:
        yield "categories", "Import the product categories."
    for category in categories:
        if not category.lead_item:
            yield f"categories.{category.code}.lead_item", f"Import the lead item of {category.code}."
        lacking = len(round_.cbas) - priced_areas.get(category.code, 0)
        if lacking:
            areas = "1 area" if lacking == 1 else f"{lacking} areas"
            yield f"competitions.{category.code}", f"Import bid limit and demand of {category.code} for {areas} more."
