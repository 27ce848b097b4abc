"""A contract supplier of Round 2028 and the people of CMS and the CBIC, as events and use cases make them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.signature import Signer, Typed
from chassis.tables import outbox
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.statement import CONTRACT_SIGNATURE
from contracts_svc.contracts.use_cases import Chosen, send_for_signature, sign_batch, take_accepted_line
from contracts_svc.contracts.version import ContractVersion
from contracts_svc.enrolment.use_cases import know_location
from contracts_svc.locations.filing import Wish, draft, submit
from contracts_svc.locations.location_change import Action, LocationChange, Why
from contracts_svc.locations.statement import LOCATION_CERTIFICATION
from contracts_svc.program.round import know_round
from contracts_svc.sealing.sealed_copy import TO_BE_SEALED, SealedCopy
from contracts_svc.sealing.use_cases import note_sealed
from events.enrolment import Accreditation, EnrolmentState, Licence, Location, StatusPeriod
from events.envelope import Event
from events.examples import BY_TYPE
from events.offers import OfferLineAccepted, SinglePayment
from events.rounds import Cba, RoundState

ACCEPTED = datetime(2027, 9, 20, 15, tzinfo=UTC)
SIGNED = datetime(2027, 10, 4, 15, tzinfo=UTC)
STARTS, ENDS = date(2028, 1, 1), date(2030, 12, 31)
PTANS = ("9000000101", "9000000102")
_NUMBERS = count(1)
AREAS = ("dallas-tx", "houston-tx", "austin-tx", "el-paso-tx")


def staff(user_id: str, *, permissions: frozenset[str] = frozenset()) -> Actor:
    """Somebody of CMS or the CBIC, signed in just now."""
    given, family = user_id.split(".")
    return Actor(
        "staff",
        user_id,
        name=f"{given} {family}",
        person_id=uuid4(),
        permissions=permissions,
        signed_in_at=machine_time.now(),
        token_id="token",
    )


ADMINISTRATOR, OFFICER, OTHER_OFFICER = staff("Ann.Admin"), staff("Olive.Officer"), staff("Otto.Officer")


def signer(actor: Actor, at: datetime = SIGNED) -> Signer:
    """Somebody who signs, as a request tells it, and who signed in just now, however long the tests have run."""
    now = machine_time.now()
    return Signer(replace(actor, signed_in_at=now), "192.0.2.1", at, now)


def typed(actor: Actor, statement: str = CONTRACT_SIGNATURE.name) -> Typed:
    """What this person types under a statement."""
    given, _, family = actor.name.partition(" ")
    return Typed(certified_by=actor.user_id, statement=statement, given_name=given, family_name=family)


def accepted_line(organization_id: UUID, bidder_id: UUID, area: str = AREAS[0], **more: Any) -> OfferLineAccepted:
    """An accepted offer line of a bidder."""
    known: dict[str, Any] = {
        "line_id": uuid4(),
        "bidder_id": bidder_id,
        "organization_id": organization_id,
        "legal_business_name": "Larkspur Sample Medical, LLC",
        "bidder_number": "2840001",
        "round_code": "R2028",
        "period_starts_on": STARTS,
        "period_ends_on": ENDS,
        "category_code": "OTSB",
        "cba_code": area,
        "label": f"Back braces, {area}",
        "locations": PTANS,
        "prices": (SinglePayment(hcpcs="L0650", amount=102_345), SinglePayment(hcpcs="L0648", amount=51_000)),
        "accepted_at": ACCEPTED,
        "accepted_by": uuid4(),
    }
    return OfferLineAccepted.model_validate(known | more)


class Supplier:
    """One contract supplier, in one database of contracts-svc."""

    def __init__(self, database: Database) -> None:
        self.database, self.organization_id, self.bidder_id = database, uuid4(), uuid4()
        number = next(_NUMBERS)
        self.ptans = (f"91{number:07}1", f"91{number:07}2")
        self.new = f"91{number:07}3"

    def as_worker(self, at: datetime | None = None):
        """A transaction of the worker that heard an event of this organization."""
        return self.database.writing(
            Fence.organization(self.organization_id), Actor.system("test", self.organization_id), at=at
        )

    def as_staff(self, actor: Actor, at: datetime | None = None):
        """A transaction of somebody of CMS or the CBIC."""
        return self.database.writing(Fence.staff(), actor, at=at)

    def as_person(self, actor: Actor, at: datetime | None = None):
        """A transaction of somebody of the organization."""
        return self.database.writing(Fence.organization(self.organization_id), actor, at=at)

    def person(self, user_id: str = "Dana.Whitlock", *permissions: str) -> Actor:
        """Somebody of the organization, with these permissions."""
        given, family = user_id.split(".")
        return Actor(
            "person",
            user_id,
            name=f"{given} {family}",
            person_id=uuid4(),
            organization_id=self.organization_id,
            permissions=frozenset(permissions),
            signed_in_at=machine_time.now(),
        )

    def reading(self):
        """Read behind the organization's fence."""
        return self.database.reading(Fence.organization(self.organization_id))

    async def accept(self, area: str = AREAS[0], **more: Any) -> OfferLineAccepted:
        """A line is accepted, and heard."""
        told = accepted_line(self.organization_id, self.bidder_id, area, **{"locations": self.ptans} | more)
        await self.hear(told)
        return told

    async def hear(self, told: OfferLineAccepted) -> None:
        """Hear an accepted line."""
        async with self.as_worker() as session:
            await take_accepted_line(session, told)

    async def contract(self) -> Contract:
        """The supplier's contract as it stands."""
        async with self.reading() as session:
            found = await session.scalar(select(Contract).where(Contract.bidder_id == self.bidder_id))
            assert found is not None
            return found

    async def send(self, by: Actor = ADMINISTRATOR, at: datetime = SIGNED) -> None:
        """The contract is sent for signature."""
        contract = await self.contract()
        async with self.as_staff(by, at) as session:
            await send_for_signature(session, contract.id, contract.row_version)

    async def seal(self, at: datetime = SIGNED) -> None:
        """What was signed is sealed, without the work of printing it."""
        async with self.database.writing(Fence.system(), Actor.system("test"), at=at) as session:
            waiting = select(SealedCopy).where(
                SealedCopy.organization_id == self.organization_id, SealedCopy.state == TO_BE_SEALED
            )
            for copy in (await session.scalars(waiting)).all():
                version = await session.get_one(ContractVersion, copy.version_id)
                await note_sealed(session, copy, version, sha256="0" * 64, size=1, level="PAdES B-B")

    async def sign(self, by: Actor = OFFICER, at: datetime = SIGNED) -> None:
        """A contracting officer signs it, and it is sealed and in force."""
        await self.only_sign(by, at)
        await self.seal(at)

    async def only_sign(self, by: Actor = OFFICER, at: datetime = SIGNED) -> None:
        """A contracting officer signs it; it is not sealed yet."""
        contract = await self.contract()
        async with self.as_staff(by, at) as session:
            chosen = [Chosen(contract.id, contract.row_version)]
            await sign_batch(session, chosen, signer(by, at), typed(by))

    async def executed(self, *areas: str, at: datetime = SIGNED) -> Contract:
        """A contract with a line in each area, signed and in force."""
        for area in areas or AREAS[:1]:
            await self.accept(area)
        await self.send(at=at)
        await self.sign(at=at)
        return await self.contract()

    async def know_round(self) -> None:
        """The round of the contract is known, with its rules and areas; all of them in Texas."""
        example = BY_TYPE[RoundState.TYPE]
        assert isinstance(example, RoundState)
        areas = tuple(Cba(code=area, name=area, state="TX") for area in AREAS)
        async with self.database.writing(Fence.system(), Actor.system("test")) as session:
            await know_round(session, example.model_copy(update={"round_code": "R2028", "cbas": areas}))

    async def enrol(self, ptan: str, **more: Any) -> EnrolmentState:
        """The enrolment record of a location says so; by default one of ours that meets every requirement."""
        known: dict[str, Any] = {
            "ptan": ptan,
            "version": 1,
            "npi": "1000000004",
            "legal_business_name": "Larkspur Sample Medical, LLC",
            "organization_id": self.organization_id,
            "location": Location(street="1 Sample Street", city="Dallas", state="TX", zip_code="75201"),
            "status_periods": (StatusPeriod(status="active", valid_from=date(2020, 1, 1)),),
            "licences": (Licence(state="TX", kind="Medical equipment", valid_from=date(2020, 1, 1)),),
            "accreditations": (
                Accreditation(accreditor="Sample Accreditors", categories=("OTSB",), valid_from=date(2020, 1, 1)),
            ),
            "reported_at": ACCEPTED,
        }
        told = EnrolmentState.model_validate(known | more)
        async with self.database.writing(Fence.system(), Actor.system("test")) as session:
            await know_location(session, told)
        return told

    async def ask(self, official: Actor, at: datetime, *, lines: Sequence[UUID] = (), **wish: Any) -> list[UUID]:
        """An official drafts and submits a request; returns the ids of its changes, an addition last."""
        contract = await self.contract()
        chosen = list(lines) or [line.id for line in contract.lines if line.is_contracted]
        wanted: dict[str, Any] = {"comes": None, "goes": None, "goes_on": None, "why": Why.OPENED, "remark": ""} | wish
        async with self.as_person(official, at) as session:
            drafted = await draft(session, contract.id, Wish(lines=chosen, **wanted))
        async with self.as_person(official, at) as session:
            words = typed(official, LOCATION_CERTIFICATION.name)
            filed = await submit(session, drafted[0].request_id, signer(official, at), words)
        return [each.id for each in sorted(filed, key=lambda each: each.action is Action.ADD)]

    async def change(self, change_id: UUID) -> LocationChange:
        """A location request as it stands."""
        async with self.reading() as session:
            return await session.get_one(LocationChange, change_id)

    async def said(self, event: type[Event]) -> list[dict[str, Any]]:
        """What was said of one kind of event about this supplier, in order."""
        async with self.database.reading(Fence.system()) as session:
            rows = await session.execute(
                select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.position)
            )
            bodies = [
                event.model_validate_json(body if isinstance(body, bytes | str) else str(body)) for (body,) in rows
            ]
            return [each.model_dump() for each in bodies if each.organization == self.organization_id]
