"""What staff see of notices: the desk of those who draft, check and release them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page
from events.notice_fields import NoticeSubject
from notices_svc.notices.kinds import KINDS
from notices_svc.notices.lifecycle import DRAFT, LIFECYCLE, NoticeState
from notices_svc.notices.notice import FieldsMissing, Notice
from notices_svc.notices.use_cases.drafting import APPROVER_IS_NOT_DRAFTER
from notices_svc.notices.views import ResponseView, html_of, responses_of
from notices_svc.program.organization import names_of
from notices_svc.program.round import terms_of


class DeskLine(BaseModel):
    """A notice on the desk: to whom, what, where it stands. `version` goes back with a decision."""

    id: UUID
    organization_id: UUID
    organization: str | None = None
    round_code: str
    type: str
    title: str
    about: NoticeSubject
    state: NoticeState
    version: int
    missing: list[str]
    drafted_at: datetime
    issued_at: datetime | None
    due_at: datetime | None
    viewed_at: datetime | None
    responded_at: datetime | None
    passed_at: datetime | None
    batch_id: UUID | None


class DeskNotice(DeskLine):
    """A notice with its words, as its reader sees or will see them; None while something is missing."""

    html: str | None
    permission: str
    returned_because: str | None
    rescinded_because: str | None
    replaced_by: UUID | None
    allowed_actions: list[str]


class DeskCount(BaseModel):
    """How many notices of a type stand in a state."""

    state: NoticeState
    type: str
    notices: int


class DeskCounts(BaseModel):
    """How much is on the desk, of what the asker may read."""

    counts: list[DeskCount]


class Filters(BaseModel):
    """What a list of the desk is narrowed to."""

    state: NoticeState | None = None
    type: str | None = None
    round_code: str | None = None
    batch_id: UUID | None = None


def for_staff(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for notices this member of staff may read: prices only with the permission for prices."""
    closed = [kind.code for kind in KINDS.values() if kind.staff_also and not actor.may(kind.staff_also)]
    return Notice.kind.not_in(closed)


async def list_desk(
    session: ReadSession, actor: Actor, filters: Filters, after: str | None, limit: int
) -> Page[DeskLine]:
    """Return the notices on the desk, latest first; names of organizations in one more query."""
    statement = select(Notice).where(for_staff(actor))
    for column, value in (
        (Notice.state, filters.state),
        (Notice.kind, filters.type),
        (Notice.round_code, filters.round_code),
        (Notice.batch_id, filters.batch_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    page = await fetch_page(session, statement, [(Notice.id, UUID)], _line, after=after, limit=limit)
    names = await names_of(session, (line.organization_id for line in page.items))
    for line in page.items:
        line.organization = names.get(line.organization_id)
    return page


async def count_desk(session: ReadSession, actor: Actor, round_code: str | None) -> DeskCounts:
    """Count the notices of a round, or of all, by state and type."""
    statement = select(Notice.state, Notice.kind, func.count()).where(for_staff(actor))
    if round_code is not None:
        statement = statement.where(Notice.round_code == round_code)
    rows = await session.execute(statement.group_by(Notice.state, Notice.kind).order_by(Notice.state, Notice.kind))
    return DeskCounts(counts=[DeskCount(state=state, type=kind, notices=count) for state, kind, count in rows])


async def read_desk_notice(session: ReadSession, actor: Actor, notice_id: UUID, at: datetime) -> DeskNotice:
    """Return a notice with its words. Raises `NotFound`."""
    return await desk_notice(session, actor, await notice_for_staff(session, actor, notice_id), at)


async def desk_notice(session: ReadSession | Session, actor: Actor, notice: Notice, at: datetime) -> DeskNotice:
    """Return what staff see of a notice at this moment, and what this person may do with it."""
    names = await names_of(session, [notice.organization_id])
    return DeskNotice(
        **_line(notice).model_dump() | {"organization": names.get(notice.organization_id)},
        html=await _words(session, notice, at),
        permission=notice.permission,
        returned_because=notice.returned_because,
        rescinded_because=notice.rescinded_because,
        replaced_by=notice.replaced_by,
        allowed_actions=await _allowed(session, actor, notice),
    )


async def list_desk_responses(
    session: ReadSession, actor: Actor, notice_id: UUID, after: str | None, limit: int
) -> Page[ResponseView]:
    """Return what a bidder answered, latest first; never a draft. Raises `NotFound`."""
    return await responses_of(session, await notice_for_staff(session, actor, notice_id), after, limit)


async def notice_for_staff(session: ReadSession | Session, actor: Actor, notice_id: UUID) -> Notice:
    """Return a notice this member of staff may read. Raises `NotFound`."""
    found: Notice | None = await session.scalar(select(Notice).where(Notice.id == notice_id, for_staff(actor)))
    if found is None:
        raise NotFound
    return found


async def _words(session: ReadSession | Session, notice: Notice, at: datetime) -> str | None:
    if notice.missing or (notice.state is DRAFT and notice.wording is None):
        return None
    try:
        until = notice.due_when_issued(at, await terms_of(session, notice.round_code))
    except FieldsMissing:
        return None
    return html_of(notice, at=at, due_at=until)


async def _allowed(session: ReadSession | Session, actor: Actor, notice: Notice) -> list[str]:
    held = actor.permissions & {"staff.notice.edit", "staff.notice.decide"}
    if actor.may(notice.type.approve):
        held |= {"staff.notice.approve"}  # in the table: whoever releases this type
    verbs = LIFECYCLE.allowed(notice.state, held)
    entity = Entity("notice", notice.id)
    is_drafter = notice.drafted_by == actor.person_id
    if "approve" in verbs and (is_drafter or await APPROVER_IS_NOT_DRAFTER.broken_by(actor, session, entity)):
        verbs.remove("approve")
    return verbs


def _line(found: Notice) -> DeskLine:
    about = {name: getattr(found, name) for name in DeskLine.model_fields if hasattr(found, name)}
    return DeskLine.model_validate(about | {"type": found.kind, "about": found.about})
