"""When the forms are open: from the first to the last instant of the bid window, by the server's time of commit."""

from datetime import datetime, timedelta

from sqlalchemy import select

from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.errors import NotAllowedNow

AFTER_THE_CLOSE = frozenset(
    {Phase.EVALUATION, Phase.AWARDING, Phase.ANNOUNCED_SUPPLIERS, Phase.PERFORMANCE, Phase.EXPIRED, Phase.CANCELLED}
)


class WindowNotOpen(NotAllowedNow):
    """The bid window is not open: nothing on the forms can be changed now."""


class EnteredInDbids(NotAllowedNow):
    """Bids of this round are entered in DBidS. Change them there; what DBidS reports is shown here."""


def takes_edits(round_: Round, at: datetime) -> bool:
    """Whether bidders may change their forms here at this moment."""
    return round_.rules.bids.entered_in == "connexion" and is_open(round_, at)


def is_open(round_: Round, at: datetime) -> bool:
    """Whether the bid window is open, wherever the round's bids are entered."""
    return round_.takes_bids(at)


def require_open(round_: Round, at: datetime) -> None:
    """Raise `EnteredInDbids` or `WindowNotOpen` unless bidders may change their forms here at this moment."""
    if round_.rules.bids.entered_in == "dbids":
        raise EnteredInDbids
    if not is_open(round_, at):
        raise WindowNotOpen


async def closed_rounds(session: Session, as_of: datetime) -> list[tuple[Round, datetime]]:
    """Return the rounds whose forms are to be locked, with the moment the window ended: by its close or cancelled.

    Where bids come by the feed of another system, its last reports are waited for first.
    """
    rounds = await session.scalars(
        select(Round).where(Round.phase.in_(AFTER_THE_CLOSE), Round.announced_at.is_not(None))
    )
    ended = [(each, each.bidding_ended_at) for each in rounds]
    return [(each, ended_at) for each, ended_at in ended if as_of > ended_at + _patience(each)]


def _patience(round_: Round) -> timedelta:
    if round_.is_cancelled:
        return timedelta()
    bids = round_.rules.bids
    return timedelta(minutes=bids.feed_grace_minutes if bids.entered_in == "dbids" else 0)
