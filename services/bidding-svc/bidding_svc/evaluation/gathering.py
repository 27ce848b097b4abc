"""Everything that decides a round, read in a handful of queries and written down competition by competition."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.evaluation.expected_units import ExpectedUnits
from bidding_svc.evaluation.fees import Fees, read_fees
from bidding_svc.evaluation.kept import Kept, keep_item
from bidding_svc.evaluation.pricing import Fee, Item
from bidding_svc.evaluation.selecting import Why
from bidding_svc.evaluation.terms import Terms
from bidding_svc.form_a.fields import MEMBERS, NETWORK
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.scores.methods import Outcome, of_network
from bidding_svc.scores.score import FinancialScore
from chassis.database import Session
from events.rule_set import RuleSet

Place = tuple[str, str]
"""A competition of the round: category, area."""
NEVER_RECEIVED = (BidState.DRAFT, BidState.SUBMITTED, BidState.WITHDRAWN, BidState.INCOMPLETE)


async def gather(session: Session, round_code: str, rules: RuleSet) -> dict[Place, Kept]:
    """Return the inputs of every competition of a round that was not taken out, in order."""
    fees = await read_fees(session, rules)
    units = await _expected_units(session, round_code)
    bids = await _bids(session, round_code)
    rows = await session.execute(
        select(
            Competition.category_code,
            Competition.cba_code,
            Competition.demand,
            Competition.bid_limit_cents,
            RoundCategory.lead_item,
            RoundCategory.contract_count,
            RoundCategory.remote_item,
            RoundCba.state,
        )
        .join(
            RoundCategory, (RoundCategory.round_code == round_code) & (RoundCategory.code == Competition.category_code)
        )
        .join(RoundCba, (RoundCba.round_code == round_code) & (RoundCba.code == Competition.cba_code))
        .where(Competition.round_code == round_code, Competition.state != Contest.REMOVED)
        .order_by(Competition.category_code, Competition.cba_code)
    )
    gathered: dict[Place, Kept] = {}
    for category, cba, demand, limit, lead, contracts, remote, state in rows:
        place = (category, cba)
        terms = Terms.of(rules, remote_item=remote)
        items = _items(units.get(place, {}), lead, demand=demand, limit=limit, state=state, fees=fees, terms=terms)
        gathered[place] = {
            "category": category,
            "cba": cba,
            "demand": demand,
            "bid_limit": limit,
            "lead_item": lead,
            "contracts": contracts,
            "remote_item": remote,
            "items": [keep_item(item) for item in items],
            "bids": bids.get(place, []),
        }
    return gathered


def eligible(state: ColumnElement[Any]) -> ColumnElement[bool]:
    """Which received bids stand in the array: those every review has cleared (domain/lifecycle.md 4.3)."""
    return state == BidState.ELIGIBLE


async def _bids(session: Session, round_code: str) -> Mapping[Place, list[list[Any]]]:
    """Read all received bids: id, bidder number, amount, capacity, small or not, and why it takes no part."""
    small = await _small_suppliers(session, round_code)
    finances = await finances_of(session, round_code)
    bids, bidders = Bid.__table__, Bidder.__table__  # tens of thousands of rows: not as parts of mapped objects
    rows = await session.execute(
        select(bids.c.category_code, bids.c.cba_code, bids.c.id, bids.c.bidder_id, bidders.c.number,
               bids.c.amount_cents, bids.c.capacity, eligible(bids.c.state))
        .join(bidders, bidders.c.id == bids.c.bidder_id)
        .where(bids.c.round_code == round_code, bids.c.state.not_in(NEVER_RECEIVED))
        .order_by(bids.c.category_code, bids.c.cba_code, bids.c.id)
    )  # fmt: skip
    found: dict[Place, list[list[Any]]] = defaultdict(list)
    for category, cba, bid, bidder, number, amount, capacity, is_eligible in rows.all():
        why = None if is_eligible else Why.NOT_ELIGIBLE
        why = why or _financially(finances.get(bidder, Outcome.UNDECIDED))
        told = None if why is None else why.value
        found[category, cba].append([str(bid), number, amount, capacity, bidder in small, told])
    return found


def _financially(outcome: Outcome) -> Why | None:
    if outcome is Outcome.PASSED:
        return None
    return Why.FINANCIAL_BELOW_MINIMUM if outcome is Outcome.FAILED else Why.NOT_SCORED


async def finances_of(session: Session, round_code: str) -> dict[UUID, Outcome]:
    """Return the outcome of each bidder; a network's only when each of its members has one."""
    outcomes: dict[UUID, list[Outcome]] = defaultdict(list)
    scores = await session.execute(
        select(FinancialScore.bidder_id, FinancialScore.outcome).where(FinancialScore.round_code == round_code)
    )
    for bidder, outcome in scores:
        outcomes[bidder].append(Outcome(outcome) if outcome else Outcome.UNDECIDED)
    members = await session.execute(
        select(FormA.id, func.count())
        .join(FormAEntry, FormAEntry.form_id == FormA.id)
        .where(
            FormA.round_code == round_code,
            FormAEntry.section == MEMBERS.name,
            FormA.business["bidding_as"]["given"].as_string() == NETWORK,
        )
        .group_by(FormA.id)
    )
    for bidder, count in members:
        missing = count - len(outcomes[bidder])
        outcomes[bidder] += missing * [Outcome.UNDECIDED]
    return {bidder: of_network(found) for bidder, found in outcomes.items()}


async def _small_suppliers(session: Session, round_code: str) -> set[UUID]:
    """Return who counts as one small supplier: who says so on Form A, and networks, which have only such members."""
    business = FormA.business
    found = await session.scalars(
        select(FormA.id).where(
            FormA.round_code == round_code,
            (business["small_supplier"]["given"].as_string() == "yes")
            | (business["bidding_as"]["given"].as_string() == NETWORK),
        )
    )
    return set(found)


async def _expected_units(session: Session, round_code: str) -> Mapping[Place, Mapping[str, int]]:
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    rows = await session.execute(
        select(ExpectedUnits.category_code, ExpectedUnits.cba_code, ExpectedUnits.item, ExpectedUnits.units).where(
            ExpectedUnits.round_code == round_code
        )
    )
    for category, cba, item, units in rows:
        found[category, cba][item] = units
    return found


def _items(
    units: Mapping[str, int],
    lead: str | None,
    *,
    demand: int,
    limit: int,
    state: str | None,
    fees: Fees,
    terms: Terms,
) -> Iterable[Item]:
    """Return the items of a competition by their code.

    The demand is what is expected of the lead item, if nothing else is told, and the bid limit is its fee.
    """
    told = dict(units)
    if lead is not None:
        told.setdefault(lead, demand)
    for item in sorted(told):
        payable = Fee(limit, 1) if item == lead else fees.payable(item, state)
        yield Item(item, told[item], fees.for_ratio(item, state, terms.non_lead_ratio), payable)
