"""Days on which offices are closed besides weekends and federal holidays: executive orders, disasters."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from chassis.database import ReadSession, Session


class Closing(Base):
    """A day without business. A due date that was told before stays as it was told (domain/lifecycle.md 2)."""

    __tablename__ = "closing"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]


async def closings(session: Session | ReadSession) -> frozenset[date]:
    """Return every closing, for `due`."""
    return frozenset(await session.scalars(select(Closing.day)))
