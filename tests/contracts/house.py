"""A contract supplier of Round 2028 and the people of CMS and the CBIC, as events and use cases make them."""

from datetime import UTC, date, datetime
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
from events.bidding import OfferLineAccepted, SinglePayment
from events.envelope import Event

ACCEPTED = datetime(2027, 9, 20, 15, tzinfo=UTC)
SIGNED = datetime(2027, 10, 4, 15, tzinfo=UTC)
STARTS, ENDS = date(2028, 1, 1), date(2030, 12, 31)
PTANS = ("9000000101", "9000000102")
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
    """Somebody who signs, as a request tells it."""
    return Signer(actor, "192.0.2.1", at, machine_time.now())


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
        told = accepted_line(self.organization_id, self.bidder_id, area, **more)
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

    async def sign(self, by: Actor = OFFICER, at: datetime = SIGNED) -> None:
        """A contracting officer signs it, and it is in force."""
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

    async def said(self, event: type[Event]) -> list[dict[str, Any]]:
        """What was said of one kind of event about this supplier, in order."""
        async with self.database.reading(Fence.system()) as session:
            rows = await session.execute(select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.id))
            bodies = [
                event.model_validate_json(body if isinstance(body, bytes | str) else str(body)) for (body,) in rows
            ]
            return [each.model_dump() for each in bodies if each.organization == self.organization_id]
