"""A round as those see it who set it up: drafts too, what is missing, what may be decided, how far an extension is."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.deadlines.closing import closings
from bidding_svc.requirements.rescheduling import confirmed
from bidding_svc.rounds.completeness import what_is_missing
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.setting_up import priced_areas
from bidding_svc.rounds.views import DateView, calendar_of
from bidding_svc.rounds.watching import Watch, watched
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page


class SetUpSummary(BaseModel):
    """A round in the list of those who set rounds up."""

    code: str
    name: str
    phase: Phase
    announced_at: datetime | None
    changed_at: datetime
    version: int


class Missing(BaseModel):
    """One thing a draft lacks: where it belongs, and what to do."""

    path: str
    message: str


class ExtensionView(BaseModel):
    """An extension. It is in force once documents-svc has confirmed the new close for every upload slot."""

    closed_on: date
    closes_on: date
    cdrd_on: date | None
    reason: str
    decided_by: str
    decided_at: datetime
    in_force_at: datetime | None


class Progress(BaseModel):
    """How many upload slots hold the times decided last, of how many."""

    confirmed: int
    slots: int


class WatchView(BaseModel):
    """A deadline of CMS or CBIC. `alert_on` is the last warning day that has come while it is not met."""

    code: str
    trigger: str
    who: str
    missed: str
    due_on: date
    alerts_on: list[date]
    alert_on: date | None
    met_on: date | None
    is_missed: bool


class SetUpView(SetUpSummary):
    """A round for whoever sets it up. `version` is its ETag, to be sent back as If-Match with the next decision."""

    rule_set_name: str
    rule_set_version: int
    entered_in: Literal["connexion", "dbids"]
    calendar: list[DateView]
    categories: int
    areas: int
    competitions: int
    missing: list[Missing]
    extensions: list[ExtensionView]
    upload_slots: Progress
    deadlines: list[WatchView]
    allowed_actions: list[str]


async def list_set_ups(session: ReadSession, after: str | None, limit: int) -> Page[SetUpSummary]:
    """Return all rounds, drafts too, latest first."""
    return await fetch_page(session, select(Round), [(Round.code, str)], _summary, after=after, limit=limit)


async def read_set_up(session: ReadSession, actor: Actor, code: str) -> SetUpView:
    """Return one round for setting it up. Raises `NotFound`."""
    found = await session.get(Round, code)
    if found is None:
        raise NotFound
    return await set_up_of(session, actor, found)


async def set_up_of(session: ReadSession | Session, actor: Actor, found: Round) -> SetUpView:
    """Return a round as it stands, also in the transaction that changes it."""
    priced, today = await priced_areas(session, found.code), eastern_day(program_time.now())
    is_draft = found.phase is Phase.DRAFT
    slots = await confirmed(session, found) if found.announced_at else None
    return SetUpView(
        **_summary(found).model_dump(),
        rule_set_name=found.rule_set.name,
        rule_set_version=found.rule_set.version,
        entered_in=found.rules.bids.entered_in,
        calendar=calendar_of(found),
        categories=len(found.categories),
        areas=len(found.cbas),
        competitions=sum(priced.values()),
        missing=[Missing(path=each.path, message=each.message) for each in what_is_missing(found, priced)]
        if is_draft
        else [],
        extensions=[ExtensionView.model_validate(each, from_attributes=True) for each in found.extensions],
        upload_slots=Progress(confirmed=slots.slots, slots=slots.of) if slots else Progress(confirmed=0, slots=0),
        deadlines=[_watch_view(each, today) for each in watched(found, await closings(session))],
        allowed_actions=found.allowed_actions(actor.permissions, program_time.now()),
    )


def _watch_view(each: Watch, today: date) -> WatchView:
    return WatchView(**asdict(each), alert_on=each.alert_on(today), is_missed=each.is_missed(today))


def _summary(found: Round) -> SetUpSummary:
    return SetUpSummary.model_validate(found, from_attributes=True)
