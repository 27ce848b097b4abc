"""What stands against a release: offers, notices of disqualification and summaries go out together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from bidding_svc.awards.lifecycle import AwardKind
from bidding_svc.awards.planning import Plan
from bidding_svc.disqualification.opening import NOT_JUDGED
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import DISQUALIFIED, ELIGIBLE
from bidding_svc.offers.offer import Offer
from bidding_svc.reviews.case import ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.lifecycle import DECIDED
from bidding_svc.reviews.opening import stands_in_case
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import ReadSession, Session

PERIOD = ("period-starts", "period-ends")
OFFERS_IN = (Phase.AWARDING, Phase.ANNOUNCED_SUPPLIERS, Phase.PERFORMANCE)


@dataclass(frozen=True)
class Obstacle:
    """Something that must be done first, in words; `count`: how many are concerned."""

    code: str
    words: str
    count: int


async def obstacles(session: Session | ReadSession, round_: Round, kind: AwardKind, plan: Plan) -> list[Obstacle]:
    """Return everything that stands against a release, by how things stand now."""
    phase_fits = round_.phase is Phase.EVALUATION if kind is AwardKind.FIRST else round_.phase in OFFERS_IN
    found = [
        Obstacle("phase", "The round is not where this award belongs.", int(not phase_fits)),
        Obstacle("period", "The calendar lacks the first or the last day of the contracts.", _missing(round_, PERIOD)),
        Obstacle(
            "locations",
            "A bid to be offered a contract names no location that serves its area.",
            sum(not line.locations for line in plan.lines),
        ),
    ]
    open_rechecks = (ReviewCase.round_code == round_.code, ReviewCase.kind == Kind.RECHECK, ReviewCase.state != DECIDED)
    found.append(
        Obstacle(
            "rechecks",
            "License re-checks of winning bids are not decided yet.",
            await _count(session, ReviewCase, *open_rechecks),
        )
    )
    if kind is AwardKind.FIRST:
        found += await _of_the_round(session, round_.code)
    elif not plan.lines:
        found.append(Obstacle("nothing", "Nobody is to be offered a contract: no capacity is short.", 1))
    return [each for each in found if each.count]


async def undecided_offers(session: Session | ReadSession, round_code: str) -> int:
    """Count the offers of a round about which something is still to be decided."""
    waiting = (Offer.round_code == round_code, Offer.settled_at.is_(None))
    return await session.scalar(select(func.count()).select_from(Offer).where(*waiting)) or 0


async def _of_the_round(session: Session | ReadSession, code: str) -> list[Obstacle]:
    here = Bid.round_code == code
    told = stands_in_case(Kind.DISQUALIFICATION, DECIDED)
    return [
        Obstacle(
            "not-evaluated",
            "Competitions of the round do not follow the released evaluation yet.",
            await _count(session, Competition, Competition.round_code == code, Competition.state == Contest.CLOSED),
        ),
        Obstacle(
            "not-judged",
            "Bids are not judged yet: their reviews, or the array, are still to come.",
            await _count(session, Bid, here, Bid.state.in_({*NOT_JUDGED, ELIGIBLE})),
        ),
        Obstacle(
            "disqualifications",
            "Disqualified bids have no approved notice yet. Notices and offers go out together.",
            await _count(session, Bid, here, Bid.state == DISQUALIFIED, ~told),
        ),
    ]


async def _count(session: Session | ReadSession, entity: Any, *conditions: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(entity).where(*conditions)) or 0


def _missing(round_: Round, dates: Sequence[str]) -> int:
    return sum(not round_.has_date(code) for code in dates)
