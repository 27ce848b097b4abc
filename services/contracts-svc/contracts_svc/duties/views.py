from datetime import date, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event
from pydantic import BaseModel
from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chassis.actor import Actor
from chassis.calendar import eastern_day, write_moment
from chassis.database import ReadSession
from contracts_svc.contracts.views import find
from contracts_svc.duties.duty import ContractDuty
from contracts_svc.locations.lifecycle import VIEW as VIEW_LOCATIONS
from contracts_svc.locations.location_change import LocationChange


class DutyView(BaseModel):
    """A date of a contract. `due_at`: until when somebody must act; None where nobody has to."""

    id: UUID
    code: str
    title: str
    due_on: date
    due_at: datetime | None
    explanation: str


class DutyCalendar(BaseModel):
    """The dates of a contract that the reader may see, in their order."""

    contract_id: UUID
    number: str
    duties: list[DutyView]


async def read_calendar(session: ReadSession, actor: Actor, contract_id: UUID) -> DutyCalendar:
    """Return the dates of a contract of the actor's organization. Raises `NotFound`."""
    contract = await find(session, actor, contract_id)
    mine = bindparam("mine", sorted(actor.permissions), type_=ARRAY(Text), unique=True)
    planned = await session.scalars(
        select(ContractDuty).where(ContractDuty.contract_id == contract_id, ContractDuty.permission == any_(mine))
    )
    duties = [DutyView.model_validate(each, from_attributes=True) for each in planned]
    if actor.may(VIEW_LOCATIONS):
        duties += await _answers(session, contract_id)
    return DutyCalendar(
        contract_id=contract.id,
        number=contract.number,
        duties=sorted(duties, key=lambda duty: (duty.due_on, duty.code, str(duty.id))),
    )


def as_ics(calendar: DutyCalendar, at: datetime) -> bytes:
    """Write a calendar as an iCalendar feed (RFC 5545): each date a whole day, its explanation in the description."""
    feed = Calendar()
    feed.add("prodid", "-//Connexion//Contract duties//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", f"Contract {calendar.number}")
    for duty in calendar.duties:
        event = Event()
        event.add("uid", f"{duty.id}@connexion")
        event.add("dtstamp", at)
        event.add("dtstart", duty.due_on)
        event.add("dtend", duty.due_on + timedelta(days=1))
        event.add("summary", f"{duty.title} (contract {calendar.number})")
        until = f" Until {write_moment(duty.due_at)}." if duty.due_at else ""
        event.add("description", f"{duty.explanation}.{until}")
        feed.add_component(event)
    written: bytes = feed.to_ical()
    return written


async def _answers(session: ReadSession, contract_id: UUID) -> list[DutyView]:
    """What the supplier was asked about location requests, and until when it is to be answered."""
    asked = await session.scalars(
        select(LocationChange).where(
            LocationChange.contract_id == contract_id, LocationChange.answer_due_at.is_not(None)
        )
    )
    return [
        DutyView(
            id=change.id,
            code="LOCATION_ANSWER",
            title=f"Answer about location {change.ptan}",
            due_on=eastern_day(change.answer_due_at),
            due_at=change.answer_due_at,
            explanation="More information was asked about a location request; without an answer it is closed",
        )
        for change in asked
        if change.answer_due_at is not None
    ]
