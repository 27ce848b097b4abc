"""The rows of a notice's table: joined from the parts they came in, and cut into pages for the screen.

A record of Kafka stays below 1 MiB, and a bidder may bid in 2,080 competitions: whoever asks for a notice with more
rows than one record takes says the further rows before, in parts with the same fields.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import Session
from chassis.errors import NotAllowedNow
from events.notice_fields import NoticeAsked, NoticeFields, NoticePart
from notices_svc.base import Base

A_PAGE = 200
"""So many rows stand on one page of the screen; paper has them all."""

_NAMES = ("rows", "bids", "lines")


class PartsMissing(NotAllowedNow):
    """A notice was asked for before all of its parts were heard. Whoever asked for it must ask again."""


class KnownPart(Base):
    """Further rows of a notice that is not asked for yet."""

    __tablename__ = "notice_part"

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    fields: Mapped[dict[str, object]] = mapped_column(JSONB)


async def know_part(session: Session, told: NoticePart) -> None:
    """Keep further rows until the notice is asked for; said again, the latest hold."""
    await session.merge(
        KnownPart(
            notice_id=told.notice_id,
            part=told.part,
            organization_id=told.organization_id,
            fields=told.fields.model_dump(mode="json"),
        )
    )


async def take_parts(session: Session, asked: NoticeAsked) -> list[dict[str, object]]:
    """Return the fields of the further parts of a request in their order, and keep them no more.

    Raises `PartsMissing` where not all of them were heard: they are said before the request, under the same key.
    """
    mine = KnownPart.notice_id == asked.notice_id
    known = (await session.scalars(select(KnownPart).where(mine).order_by(KnownPart.part))).all()
    await session.execute(delete(KnownPart).where(mine))
    further = [each.fields for each in known if each.part <= asked.parts]
    if len(further) != asked.parts - 1:
        raise PartsMissing
    return further


def joined(first: NoticeFields, further: Sequence[NoticeFields]) -> NoticeFields:
    """Return the fields with the rows of all parts."""
    if not further:
        return first
    rows = [row for part in (first, *further) for row in rows_of(part)]
    return first.model_copy(update={_name(first): tuple(rows)})


def rows_of(content: NoticeFields) -> tuple[object, ...]:
    """Return the rows of the table; none where it has none that could be many."""
    return getattr(content, _name(content), ())


def cut(content: NoticeFields, first: int) -> NoticeFields:
    """Return the fields with one page of their rows, from the row numbered `first` (the first is 0)."""
    rows = rows_of(content)
    return content.model_copy(update={_name(content): rows[first : first + A_PAGE]}) if len(rows) > A_PAGE else content


def _name(content: NoticeFields) -> str:
    return next((name for name in _NAMES if hasattr(content, name)), "")
