"""Who would get what: the plan of an award, a function of what stands in the database (domain/lifecycle.md 3.5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bidding_svc.awards.lifecycle import AwardKind
from bidding_svc.awards.next_in_line import InLine, Standing, next_in_line
from bidding_svc.awards.rechecking import recheck
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bonds.forfeiture import at_or_below_median
from bidding_svc.evaluation.kept import read_inputs, terms_of
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.run import EvaluatedBid, EvaluatedCompetition, EvaluationRun
from bidding_svc.evaluation.selecting import Contender, counted_capacity
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import ACCEPTED, NOT_SELECTED, OFFERED, WINNING, WINNING_ADDED
from bidding_svc.forms.digest import digest_of
from bidding_svc.offers.lifecycle import RESCINDED
from bidding_svc.offers.line import OfferLine
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.round import Round
from chassis.database import Session

Place = tuple[str, str]
SELECTED = (WINNING, WINNING_ADDED)
HOLDING = (*SELECTED, OFFERED, ACCEPTED)
REINSTATED, NEXT = "REINSTATED", "NEXT_IN_LINE"


@dataclass(frozen=True)
class PlannedCompetition:
    """What becomes of a competition; sums are exact cents, as text."""

    place: Place
    label: str
    awarded: bool
    because: tuple[str, ...]
    paid: str | None
    otherwise: str | None
    prices: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlannedLine:
    """A bid that is offered a contract; with `reasons` it is held back, for it is not eligible any more."""

    bid_id: UUID
    bidder_id: UUID
    bidder_number: str
    place: Place
    label: str
    why: str
    at_or_below_median: bool
    locations: tuple[str, ...]
    reasons: tuple[str, ...]
    unchecked: bool


@dataclass(frozen=True)
class Plan:
    """What a release would do."""

    competitions: tuple[PlannedCompetition, ...]
    lines: tuple[PlannedLine, ...]

    @property
    def digest(self) -> str:
        """Two plans with one digest do the same."""
        told = {
            "competitions": [repr(each) for each in self.competitions],
            "lines": [repr(each) for each in self.lines],
        }
        return digest_of(told)


async def released_run(session: Session, round_code: str) -> EvaluationRun | None:
    """Return the evaluation the round goes on by; None before one was released."""
    found: EvaluationRun | None = await session.scalar(
        select(EvaluationRun)
        .where(EvaluationRun.round_code == round_code, EvaluationRun.state == RunState.RELEASED)
        .order_by(EvaluationRun.released_at.desc())
        .limit(1)
    )
    return found


async def plan(session: Session, round_: Round, run: EvaluationRun, kind: AwardKind, day: date) -> Plan:
    """Plan the awards of a round, or further offers in it, by what is known on a day."""
    states = (Contest.EVALUATED,) if kind is AwardKind.FIRST else (Contest.AWARDABLE, Contest.AWARDED)
    evaluated = await _evaluated(session, run, states)
    bids = await _bids(session, round_.code)
    arrayed = {
        each.bid_id: each for each in await session.scalars(select(EvaluatedBid).where(EvaluatedBid.run_id == run.id))
    }
    competitions, chosen = [], []
    rescinded = set(await session.scalars(_rescinded(round_.code)))
    for each in evaluated:
        planned = _competition(round_, each)
        here = bids.get(planned.place, [])
        picked = _first(here, arrayed) if kind is AwardKind.FIRST else _further(round_, each, here, arrayed, rescinded)
        if kind is AwardKind.FIRST or picked:
            competitions.append(planned)
        if planned.awarded:
            chosen += [(bid, why, planned, (each.result or {}).get("median")) for bid, why in picked]
    rechecked = await recheck(session, round_, [bid for bid, *_ in chosen], day)
    numbers = await _numbers(session, round_.code)
    lines = [
        PlannedLine(
            bid_id=bid.id,
            bidder_id=bid.bidder_id,
            bidder_number=numbers[bid.bidder_id],
            place=planned.place,
            label=bid.label,
            why=why,
            at_or_below_median=at_or_below_median(bid.amount_cents or 0, median),
            locations=rechecked[bid.id].locations,
            reasons=tuple(reason.value for reason in rechecked[bid.id].reasons),
            unchecked=rechecked[bid.id].unchecked,
        )
        for bid, why, planned, median in chosen
    ]
    return Plan(tuple(competitions), tuple(sorted(lines, key=lambda line: (line.bidder_number, line.place))))


def _first(bids: Sequence[Bid], arrayed: Mapping[UUID, EvaluatedBid]) -> list[tuple[Bid, str]]:
    return [
        (bid, arrayed[bid.id].outcome if bid.id in arrayed else REINSTATED) for bid in bids if bid.state in SELECTED
    ]


def _further(
    round_: Round,
    evaluated: EvaluatedCompetition,
    bids: Sequence[Bid],
    arrayed: Mapping[UUID, EvaluatedBid],
    rescinded: set[UUID],
) -> list[tuple[Bid, str]]:
    """Whoever was reinstated, and the next in line where the capacity is short."""
    terms, inputs = terms_of(evaluated.inputs, round_.rules), read_inputs(evaluated.inputs)
    line = [
        InLine(
            str(bid.id),
            bid.amount_cents or 0,
            _counted(arrayed.get(bid.id)) or counted_capacity(_contender(bid), inputs.demand, terms),
            _standing(bid, rescinded),
        )
        for bid in bids
    ]
    fixed = inputs.contracts if terms.selection == "fixed_contract_count" else None
    following = set(next_in_line(line, demand=inputs.demand, contracts=fixed))
    return [
        (bid, REINSTATED if bid.state in SELECTED else NEXT)
        for bid in bids
        if bid.state in SELECTED or str(bid.id) in following
    ]


def _standing(bid: Bid, rescinded: set[UUID]) -> Standing:
    if bid.state is NOT_SELECTED:
        return Standing.WAITS
    return Standing.HOLDS if bid.state in HOLDING and bid.id not in rescinded else Standing.LOST


def _counted(row: EvaluatedBid | None) -> Decimal | None:
    return None if row is None else row.counted


def _contender(bid: Bid) -> Contender:
    return Contender(str(bid.id), bid.amount_cents or 0, bid.capacity or 0)


def _competition(round_: Round, evaluated: EvaluatedCompetition) -> PlannedCompetition:
    result: dict[str, Any] = evaluated.result or {}
    category = next(each for each in round_.categories if each.code == evaluated.category_code)
    cba = next(each for each in round_.cbas if each.code == evaluated.cba_code)
    savings = result.get("savings") or {}
    objections = tuple(result.get("objections", ()))
    return PlannedCompetition(
        place=(evaluated.category_code, evaluated.cba_code),
        label=f"{category.name}, {cba.name}",
        awarded=not objections,
        because=objections,
        paid=savings.get("paid"),
        otherwise=savings.get("otherwise"),
        prices=tuple((each["item"], each["spa"]) for each in result.get("items", ()) if each["spa"] is not None),
    )


async def _evaluated(session: Session, run: EvaluationRun, states: Sequence[Contest]) -> Sequence[EvaluatedCompetition]:
    found = await session.scalars(
        select(EvaluatedCompetition)
        .join(
            Competition,
            (Competition.category_code == EvaluatedCompetition.category_code)
            & (Competition.cba_code == EvaluatedCompetition.cba_code),
        )
        .where(
            EvaluatedCompetition.run_id == run.id,
            Competition.round_code == run.round_code,
            Competition.state.in_(states),
        )
        .order_by(EvaluatedCompetition.category_code, EvaluatedCompetition.cba_code)
    )
    return found.all()


async def _bids(session: Session, round_code: str) -> Mapping[Place, list[Bid]]:
    """Read the bids that were arrayed, or came back to the array."""
    found: dict[Place, list[Bid]] = defaultdict(list)
    wanted = (Bid.round_code == round_code, Bid.state.in_((*HOLDING, NOT_SELECTED)))
    for bid in await session.scalars(select(Bid).where(*wanted).order_by(Bid.id)):
        found[bid.category_code, bid.cba_code].append(bid)
    return found


def _rescinded(round_code: str) -> Any:
    return select(OfferLine.bid_id).where(OfferLine.round_code == round_code, OfferLine.state == RESCINDED)


async def _numbers(session: Session, round_code: str) -> Mapping[UUID, str]:
    rows = await session.execute(select(Bidder.id, Bidder.number).where(Bidder.round_code == round_code))
    return dict(rows.all())
