"""From the request of a reviewing service to the release by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.duties import AnotherPersonThan, SomebodyElseMust
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity
from events.notice_fields import NoticeAsked
from notices_svc.notices.notice import Notice
from notices_svc.notices.rows import take_parts
from notices_svc.wording.gaps import gaps
from notices_svc.wording.words import WordsMissing, versions, write

APPROVER_IS_NOT_DRAFTER = AnotherPersonThan(
    "notice.submit", sentence="You drafted this notice. Somebody else must approve it."
)


class AnotherOfficeReleases(NotAllowedNow):
    """Notices of this type are released by somebody else: breaches and offers by a contracting officer."""


class ReasonMissing(Invalid):
    """Say what must change, so that the drafter can mend it."""


@dataclass(frozen=True)
class Reviewed:
    """A notice somebody decides about, and the version they saw."""

    notice_id: UUID
    version: int


async def draft(session: Session, asked: NoticeAsked) -> None:
    """A reviewing service asks for a notice: draft it, and put it before a second person if nothing is missing.

    Asked again for the same notice, its fields are replaced, until it is approved. Raises `PartsMissing`.
    """
    further = await take_parts(session, asked)
    notice = await session.get(Notice, asked.notice_id, with_for_update=True)
    if notice is None:
        notice = Notice(asked, further)
        session.add(notice)
    else:
        notice.draft_again(asked, further)
    _submit_if_complete(notice, session.at)


async def submit(session: Session, notice_id: UUID, *, base: int) -> Notice:
    """Put a draft before a second person again, as it is. Raises `NotFound`, `NoticeChanged`, `FieldsMissing`."""
    notice = await session.get(Notice, notice_id, with_for_update=True)
    if notice is None:
        raise NotFound
    notice.require_version(base)
    wording, missing = check(notice, session.at)
    notice.submit(wording, missing)
    return notice


async def review(
    session: Session, chosen: Sequence[Reviewed], outcome: Literal["approved", "returned"], reason: str, *, office: str
) -> list[Notice]:
    """Release drafts, or send them back: all of them or none. `office` is the permission of whoever decides.

    Raises `NotFound`, `NoticeChanged`, `AnotherOfficeReleases`, `ReasonMissing`, and `SomebodyElseMust` for whoever
    drafted or submitted one of them.
    """
    if outcome == "returned" and not reason.strip():
        raise ReasonMissing(field="reason")
    versions_seen = {each.notice_id: each.version for each in chosen}
    found = (
        await session.scalars(select(Notice).where(Notice.id.in_(versions_seen)).order_by(Notice.id).with_for_update())
    ).all()
    if len(found) < len(versions_seen):
        raise NotFound
    for notice in found:
        notice.require_version(versions_seen[notice.id])
        if notice.type.approve != office:
            raise AnotherOfficeReleases
    if outcome == "approved":
        await _require_another_person(session, found)
    for notice in found:
        if outcome == "approved":
            notice.approve(session.at)
        else:
            notice.send_back(reason.strip(), session.at)
    return list(found)


def check(notice: Notice, at: datetime) -> tuple[int, list[str]]:
    """Return the version of the words, and what is missing to write them: empty fields, or the words themselves.

    It is written on trial, with the dates it would have if it were issued now.
    """
    content, latest = notice.content, versions().get(notice.kind)
    if latest is None:
        return 0, ["wording"]
    if missing := gaps(content):
        return latest, missing
    has_deadline = notice.type.deadline is not None or notice.asked_due_at is not None
    until = notice.asked_due_at or (at + timedelta(days=10) if has_deadline else None)
    try:
        write(content, latest, issued_at=at, due_at=until)
    except WordsMissing as problem:
        return latest, [str(problem)]
    return latest, []


def _submit_if_complete(notice: Notice, at: datetime) -> None:
    wording, missing = check(notice, at)
    if missing:
        notice.lack(missing)
    else:
        notice.submit(wording, missing)


async def _require_another_person(session: Session, found: Sequence[Notice]) -> None:
    """Four eyes, by person: who decided in the reviewing service that it is sent is its drafter (lifecycle.md 4.5)."""
    if any(notice.drafted_by == session.actor.person_id for notice in found):
        raise SomebodyElseMust(APPROVER_IS_NOT_DRAFTER.sentence)
    await APPROVER_IS_NOT_DRAFTER.require(session, *(Entity("notice", notice.id) for notice in found))
