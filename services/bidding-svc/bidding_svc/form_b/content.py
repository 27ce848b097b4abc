"""What a Form B says, and what a rule needs to know to judge it."""

from dataclasses import dataclass, field
from typing import Any

from bidding_svc.enrolment.standing import Record
from bidding_svc.form_a.content import Content
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.fields import section_for
from bidding_svc.form_b.related import Findings
from bidding_svc.forms.problem import FormProblem
from bidding_svc.forms.reading import read_section
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from events.rule_set import RuleSet


@dataclass(frozen=True)
class BidContent:
    """A bid's values in its competition. Amounts are in cents, capacity in lead item units a calendar year."""

    values: dict[str, Any]
    unread: tuple[FormProblem, ...]
    competition: Competition
    category: RoundCategory
    cba: RoundCba
    rules: RuleSet
    form_a: Content
    findings: Findings = field(default_factory=dict)
    record: Record | None = None
    """The enrolment record as of the day of the close; None where nobody asked it."""

    @property
    def serving(self) -> list[str]:
        """The PTANs of the locations of Form A that offer the category in the area."""
        return self.form_a.serving(self.category.code, self.cba.state)

    def states_served(self, ptan: str) -> list[str]:
        """The states of the area that a location serves; a nationwide area has every state Form A names."""
        states = self.form_a.locations[ptan].get("states", ())
        return [state for state in states if self.cba.state in (None, state)]

    @property
    def amount(self) -> int | None:
        """The amount for the lead item, where it could be read."""
        return self.values.get("amount")

    @property
    def capacity(self) -> int | None:
        """The stated capacity, where it could be read."""
        return self.values.get("capacity")

    @property
    def limits_by_average_fee(self) -> bool:
        """Whether the limit of this competition is the average fee schedule amount."""
        remote = self.rules.remote_item
        return self.category.remote_item and remote is not None and remote.bid_limit == "average_fee"


def read_bid(
    bid: Bid, round_: Round, competition: Competition, form_a: Content, record: Record | None = None
) -> BidContent:
    """Read a bid in its competition, beside the Form A of its bidder and what the enrolment record says."""
    values, unread = read_section(section_for(round_.rules, bid.category_code), bid.sheet.answers, {})
    return BidContent(
        values=values,
        unread=tuple(unread),
        competition=competition,
        category=next(each for each in round_.categories if each.code == bid.category_code),
        cba=next(each for each in round_.cbas if each.code == bid.cba_code),
        rules=round_.rules,
        form_a=form_a,
        findings=bid.findings,
        record=record,
    )
