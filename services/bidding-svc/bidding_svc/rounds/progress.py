"""How far the bidders of a round are, in numbers: counted by a sweep, so that no page counts.

Before the evaluation row-level security shows staff no form and no bid. What they may know then are these numbers: they
name no bidder, no competition and no amount.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, lazyload, mapped_column

from bidding_svc.base import Base
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session

COUNTED = frozenset({Phase.REGISTRATION, Phase.BIDDING, Phase.EVALUATION})
EVERY = timedelta(seconds=10)
Counts = dict[str, int]


class RoundProgress(Base):
    """The numbers of a round, and when they were counted. `documents`: `needed` of its bidders, and `received`."""

    __tablename__ = "round_progress"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    counted_at: Mapped[datetime]
    bidders: Mapped[int]
    forms: Mapped[Counts] = mapped_column(JSONB, comment="Forms A by state")
    bids: Mapped[Counts] = mapped_column(JSONB, comment="by state, as their bidders read it")
    documents: Mapped[Counts] = mapped_column(JSONB)


async def count_progress(session: Session, as_of: datetime, limit: int) -> int:
    """Count the rounds whose numbers are older than `EVERY`. Returns how many were counted."""
    stale = or_(RoundProgress.counted_at.is_(None), RoundProgress.counted_at <= as_of - EVERY)
    light: list[Any] = [lazyload("*")]
    rounds = await session.scalars(
        select(Round).outerjoin(RoundProgress).where(Round.phase.in_(COUNTED), stale).limit(limit).options(*light)
    )
    codes = [round_.code for round_ in rounds]
    for code in codes:
        await session.execute(_COUNT, {"round": code, "at": as_of})
    return len(codes)


_COUNT = text(
    """
    insert into round_progress (round_code, counted_at, bidders, forms, bids, documents)
    select :round, :at,
           (select count(*) from bidder where round_code = :round),
           (select coalesce(jsonb_object_agg(state, many), '{}')
              from (select state, count(*) as many from form_a where round_code = :round group by state) as form),
           (select coalesce(jsonb_object_agg(told, many), '{}')
              from (select case when state in ('DRAFT', 'SUBMITTED', 'WITHDRAWN', 'INCOMPLETE', 'REMOVED') then state
                                else 'RECEIVED' end as told,
                           count(*) as many
                      from bid where round_code = :round group by told) as bid),
           (select jsonb_build_object('needed', count(*), 'received', count(*) filter (where state = 'RECEIVED'))
              from requirement where round_code = :round and stands_in_for is null
                and state not in ('NOT_ASKED', 'NOT_APPLICABLE', 'CANCELLED'))
    on conflict (round_code) do update
       set counted_at = excluded.counted_at, bidders = excluded.bidders, forms = excluded.forms,
           bids = excluded.bids, documents = excluded.documents
    """
).bindparams(bindparam("round", type_=String))
