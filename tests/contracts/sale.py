"""A contract supplier that sells, and a successor: a transfer as both sides, the CBIC and CMS make it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.database import Fence
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.use_cases import move_by_calendar
from contracts_svc.transfers import completing, receiving, requesting, reviewing
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.finding import bring_documents, find_other_sides
from contracts_svc.transfers.lifecycle import SUBMIT, SUCCEED, VIEW
from contracts_svc.transfers.statement import NOVATION_SIGNATURE, TRANSFER_CERTIFICATION
from contracts_svc.transfers.terms import Change, Extent, Party, Resulting, Side, Terms
from contracts_svc.transfers.transfer import Transfer
from contracts_svc.transfers.wanted import Phase
from events.documents import DocumentReceived, SlotSettled
from events.examples import BY_TYPE
from tests.contracts.house import ADMINISTRATOR, AREAS, OFFICER, STARTS, Supplier, signer, staff, typed

ASKED = datetime(2028, 3, 6, 15, tzinfo=UTC)  # a Monday
EFFECTIVE = date(2028, 4, 3)
PACKED, REVIEWED = datetime(2028, 3, 10, 15, tzinfo=UTC), datetime(2028, 3, 20, 15, tzinfo=UTC)
TOOK_EFFECT, NOVATED = datetime(2028, 4, 3, 15, tzinfo=UTC), datetime(2028, 4, 10, 15, tzinfo=UTC)
SIGNED = datetime(2028, 4, 14, 15, tzinfo=UTC)
ANALYST = staff("Fay.Analyst")
BY_HAND = dict.fromkeys(("TR-5", "TR-8", "TR-9"), "Seen in the sale instrument")
MOST = 1000


class Sale:
    """One transfer between two suppliers of one database."""

    def __init__(self, database) -> None:
        self.holder, self.successor = Supplier(database), Supplier(database)
        self.database = database
        self.seller = self.holder.person("Dana.Whitlock", VIEW, SUBMIT)
        self.buyer = self.successor.person("Bo.Buyer", VIEW, SUBMIT, SUCCEED)

    async def ready(self, *areas: str) -> "Sale":
        """The seller's contract is active; the buyer's new location meets every requirement."""
        await self.holder.know_round()
        await self.holder.executed(*(areas or AREAS[:2]))
        await self.sweep(move_by_calendar, midnight(STARTS))
        await self.successor.enrol(self.successor.new, legal_business_name="Tallgrass Sample Bracing, Inc.")
        return self

    def terms(self, **more: Any) -> Terms:
        """A full transfer to the buyer's new location, unless told otherwise."""
        party = Party(
            legal_business_name="Tallgrass Sample Bracing, Inc.",
            tin="00-0000001",
            npi="1000000004",
            ptan=self.successor.new,
            official="Bo Buyer",
            phone="(555) 010-0100",
            email="bo@tallgrass.example",
        )
        known: dict[str, Any] = {
            "extent": Extent.FULL,
            "change": Change.OWNERSHIP,
            "resulting": Resulting.PURCHASER,
            "effective_on": EFFECTIVE,
            "successor": party,
            "locations": (self.successor.new,),
        }
        return Terms(**known | more)

    async def sweep(self, move, at: datetime) -> int:
        """Run a sweep once."""
        async with self.database.writing(Fence.system(), Actor.system("test"), at=at) as session:
            return await move(session, at, MOST)

    def as_side(self, side: Side, at: datetime = ASKED):
        """A transaction of an official of one side."""
        return (
            self.successor.as_person(self.buyer, at)
            if side is Side.SUCCESSOR
            else self.holder.as_person(self.seller, at)
        )

    async def draft(self, terms: Terms | None = None, at: datetime = ASKED) -> Transfer:
        """The seller drafts."""
        contract = await self.holder.contract()
        async with self.as_side(Side.HOLDER, at) as session:
            return await requesting.draft(
                session, terms or self.terms(), contract_id=contract.id, number="", replaces=None
            )

    async def submit(self, transfer: Transfer, side: Side = Side.HOLDER, at: datetime = ASKED) -> UUID:
        """A side submits its draft, and the other side is found."""
        by = self.buyer if side is Side.SUCCESSOR else self.seller
        async with self.as_side(side, at) as session:
            await requesting.submit(session, transfer.id, signer(by, at), typed(by, TRANSFER_CERTIFICATION.name))
        await self.bring(at)
        return transfer.id

    async def bring(self, at: datetime) -> None:
        """The sweeps bring transfers to both sides."""
        await self.sweep(find_other_sides, at)
        await self.sweep(bring_documents, at)

    async def asked(self, terms: Terms | None = None) -> UUID:
        """The seller asked, and both sides know of it."""
        return await self.submit(await self.draft(terms))

    async def transfer(self, transfer_id: UUID) -> Transfer:
        """A transfer as it stands."""
        async with self.database.reading(Fence.system()) as session:
            return await session.get_one(Transfer, transfer_id)

    async def documents(self, transfer_id: UUID, phase: Phase, side: Side | None = None) -> list[TransferDocument]:
        """What both sides have to send in a phase, or one."""
        wanted = select(TransferDocument).where(
            TransferDocument.transfer_id == transfer_id, TransferDocument.phase == phase
        )
        if side is not None:
            wanted = wanted.where(TransferDocument.side == side)
        async with self.database.reading(Fence.system()) as session:
            return list(await session.scalars(wanted.order_by(TransferDocument.id)))

    async def send(self, transfer_id: UUID, phase: Phase, at: datetime, side: Side | None = None) -> None:
        """Everything of a phase arrives."""
        for document in await self.documents(transfer_id, phase, side):
            await self.receive(document, at)

    async def receive(self, document: TransferDocument, at: datetime, **more: Any) -> DocumentReceived:
        """A file arrives for a document, and is heard behind the fence of its side."""
        told = received(document, at, **more)
        async with self.database.writing(
            Fence.organization(document.organization_id), Actor.system("test", document.organization_id), at=at
        ) as session:
            await receiving.receive(session, document.id, told)
        return told

    async def settle(self, transfer_id: UUID, phase: Phase, at: datetime) -> None:
        """The slots of a phase are settled, by the times that hold."""
        for document in await self.documents(transfer_id, phase):
            async with self.database.writing(
                Fence.organization(document.organization_id), Actor.system("test", document.organization_id), at=at
            ) as session:
                await receiving.settle(session, document.id, document.due_at)

    async def act(self, transfer_id: UUID, verb, *arguments: Any, by=ADMINISTRATOR, at=REVIEWED, **more: Any) -> Any:
        """Somebody of CMS or the CBIC acts on the transfer as it stands."""
        base = (await self.transfer(transfer_id)).row_version
        async with self.holder.as_staff(by, at) as session:
            return await verb(session, transfer_id, base, *arguments, **more)

    async def side_acts(self, side: Side, transfer_id: UUID, verb, *arguments: Any, at: datetime = ASKED) -> Any:
        """A side acts on the transfer as it stands."""
        base = (await self.transfer(transfer_id)).row_version
        async with self.as_side(side, at) as session:
            return await verb(session, transfer_id, *arguments, base)

    async def recommended(self, transfer_id: UUID, what: str = "approve") -> None:
        """The package came, finances are acceptable, and it is recommended what to decide."""
        await self.send(transfer_id, Phase.PACKAGE, PACKED)
        await self.act(transfer_id, reviewing.take)
        await self.act(transfer_id, reviewing.review_finances, "acceptable", "", by=ANALYST)
        told = {"what": what, "explanation": "", "confirmed": BY_HAND}
        await self.act(transfer_id, reviewing.recommend, **told)

    async def approved(self, terms: Terms | None = None) -> UUID:
        """CMS approved it on the condition of a novation."""
        transfer_id = await self.asked(terms)
        await self.recommended(transfer_id)
        await self.act(transfer_id, reviewing.approve, by=OFFICER)
        return transfer_id

    async def novated(self, terms: Terms | None = None) -> UUID:
        """The change took effect and both sides signed the novation."""
        transfer_id = await self.approved(terms)
        await self.side_acts(Side.HOLDER, transfer_id, requesting.re_date, EFFECTIVE, at=TOOK_EFFECT)
        await self.send(transfer_id, Phase.NOVATION, NOVATED)
        return transfer_id

    async def complete(self, transfer_id: UUID, by: Actor = OFFICER, at: datetime = SIGNED) -> Transfer:
        """CMS signs."""
        signature = typed(by, NOVATION_SIGNATURE.name)
        return await self.act(transfer_id, completing.complete, signer(by, at), signature, by=by, at=at)

    async def contracts(self, supplier: Supplier) -> list[Contract]:
        """A supplier's contracts, the oldest first."""
        async with supplier.reading() as session:
            return list(await session.scalars(select(Contract).order_by(Contract.id)))

    async def responsible(self, day: date) -> dict[str, list[tuple[UUID, list[str]]]]:
        """Who may furnish each competition on a day under a contract that is not transferred: (supplier, PTANs)."""
        found: dict[str, list[tuple[UUID, list[str]]]] = {}
        for supplier in (self.holder, self.successor):
            for contract in await self.contracts(supplier):
                for line in contract.lines:
                    there = sorted(each.ptan for each in line.locations if each.is_on(day))
                    if there and contract.state.value == "ACTIVE":
                        found.setdefault(line.label, []).append((supplier.organization_id, there))
        return found


def received(document: TransferDocument, at: datetime, **more: Any) -> DocumentReceived:
    """The event about a file that came in time."""
    example = BY_TYPE[DocumentReceived.TYPE]
    told = {
        "file_id": uuid4(),
        "slot_id": document.slot_id,
        "slot_subject": document.subject,
        "organization_id": document.organization_id,
        "received_at": at,
        "started_at": at - timedelta(seconds=2),
    }
    return DocumentReceived.model_validate(example.model_dump() | told | more)


def settled(document: TransferDocument) -> SlotSettled:
    """The event about a slot in which nothing more comes."""
    return SlotSettled(
        slot_id=document.slot_id,
        slot_subject=document.subject,
        organization_id=document.organization_id,
        closes_at=document.due_at,
        settled_at=document.due_at,
        files=(),
    )
