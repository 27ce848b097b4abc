"""What contracts-svc says when the program needs to know more about something a contract supplier filed."""

from typing import ClassVar
from uuid import UUID

from events.contracts import STREAM
from events.envelope import Event, Instant
from events.kinds import Code, Permission


class InformationRequested(Event):
    """The program asks a contract supplier about something it filed: the answer is awaited.

    Said by contracts-svc. Heard by notices-svc, which opens a To-Do for those with the permission. `filing` is a word
    of a list that grows: location-change, subcontract. `label` names what is asked about, in words; without `due_at`
    the answer has no date. What is asked stands in the portal alone.
    """

    TYPE: ClassVar[str] = "connexion.contracts.information-requested.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "filing_id"

    filing: Code
    filing_id: UUID
    organization_id: UUID
    label: str
    permission: Permission
    due_at: Instant | None = None
    requested_at: Instant


class InformationSettled(Event):
    """What was asked is awaited no more: it was answered, or (`answered` false) nobody answered in time.

    Said by contracts-svc. Heard by notices-svc: nothing is to do any more.
    """

    TYPE: ClassVar[str] = "connexion.contracts.information-settled.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "filing_id"

    filing: Code
    filing_id: UUID
    organization_id: UUID
    answered: bool
    settled_at: Instant


EVENTS = (InformationRequested, InformationSettled)
