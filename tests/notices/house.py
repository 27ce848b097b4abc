"""Notices-svc in a test: what reviewing services say to it, its people, and a notice brought to where it is needed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.ids import new_id
from chassis.kafka import hearings
from chassis.signing import SigningKey
from chassis.sweeps import Sweep
from events.bidding import NoticeRequested
from events.documents import SigningKeyPublished
from events.envelope import Envelope, Event, source_of
from events.examples import BY_TYPE
from events.notice_fields import CdrdFields, NoticeFields, NoticeSlot, NoticeSubject, ReviewedDocument
from events.rounds import RoundState
from events.signing_keys import PublicJwk
from identity_adapter.roles.table import role_table
from notices_svc.app import SERVICE
from notices_svc.batches import use_cases as batches
from notices_svc.batches.batch import NoticeBatch
from notices_svc.notices.kinds import KINDS
from notices_svc.notices.notice import Notice
from notices_svc.notices.use_cases import answering, drafting
from notices_svc.notices.use_cases.drafting import Reviewed

ISSUED = datetime(2019, 11, 15, 15, tzinfo=UTC)
"""The day the findings of the covered document review went out in Round 2021 (domain/lifecycle.md 1)."""
DUE = datetime(2019, 12, 3, 1, 59, 59, tzinfo=UTC)
"""Ten business days later, Thanksgiving skipped: 2 December, 8:59:59 p.m. Eastern (lifecycle.md 2.2)."""
ANALYST, REVIEWER, OFFICER = uuid4(), uuid4(), uuid4()
SLOT = uuid4()
KEY = SigningKey.generate()

CDRD = CdrdFields(
    bidder_number="1000234",
    documents=(
        ReviewedDocument(document="income-statement", label="Income statement", received=True),
        ReviewedDocument(document="balance-sheet", label="Balance sheet", received=False),
    ),
)
OFFICIAL = sorted(role_table().permissions_of("AO"))
END_USER = sorted(role_table().permissions_of("EU"))


def staff(person_id: UUID, *permissions: str) -> Actor:
    """Somebody of the program."""
    return Actor("staff", "STAFF01", person_id=person_id, permissions=frozenset(permissions))


QUALITY = staff(REVIEWER, "staff.notice.view", "staff.notice.approve", "staff.bid_price.view")
CONTRACTING = staff(OFFICER, "staff.notice.view", "staff.notice.decide", "staff.bid_price.view")
EVALUATION = staff(ANALYST, "staff.notice.view", "staff.notice.edit", "staff.bid_price.view")


def requested(content: NoticeFields = CDRD, **more: Any) -> NoticeRequested:
    """A reviewing service asks for a notice."""
    about: dict[str, Any] = {
        "notice_id": new_id(),
        "organization_id": uuid4(),
        "round_code": "R2021",
        "about": NoticeSubject(kind="review", id=uuid4()),
        "requested_by": ANALYST,
        "requested_at": ISSUED - timedelta(days=1),
        "slots": (NoticeSlot(slot_id=SLOT, document="balance-sheet", label="Balance sheet"),),
    }
    return NoticeRequested(fields=content, **about | more)


def receipt(asked: NoticeRequested, key: SigningKey = KEY, **more: Any) -> str:
    """A receipt as documents-svc signs it."""
    said = {
        "file_id": str(uuid4()),
        "slot_id": str(SLOT),
        "organization_id": str(asked.organization_id),
        "sha256": "a" * 64,
        "size": 1000,
        "received_at": (ISSUED + timedelta(days=2)).isoformat(),
    }
    return key.sign(said | more, "connexion-receipt")


@dataclass
class House:
    """The service's database, and what a test does with it."""

    database: Database
    closings: tuple[date, ...] = ()
    hearing: dict[str, Any] = field(default_factory=lambda: {h.topic: h for h in hearings("notices", SERVICE.hears)})
    sweeps: dict[str, Sweep] = field(default_factory=lambda: {sweep.name: sweep for sweep in SERVICE.sweeps})

    async def hear(self, event: Event) -> None:
        """Let the worker hear one message."""
        envelope = Envelope.of(event, id=new_id(), time=ISSUED, source=source_of("bidding"))
        async with self.hearing[event.TOPIC].first_time(self.database, envelope.headers(), event.body()) as turn:
            await turn.take()

    async def know_the_round(self) -> None:
        """Round 2021 and the key of receipts were told."""
        await self.hear(BY_TYPE[RoundState.TYPE].model_copy(update={"closings": self.closings}))
        jwk = PublicJwk.model_validate(KEY.public().jwk())
        await self.hear(SigningKeyPublished(kid=KEY.kid, public_jwk=jwk, not_before=ISSUED))

    def official(self, asked: NoticeRequested, *permissions: str, person_id: UUID | None = None) -> Actor:
        """Somebody of the organization a notice goes to; an authorized official unless permissions are named."""
        held = frozenset(permissions or OFFICIAL)
        who = person_id or uuid4()
        return Actor("person", "DWHITLOCK01", person_id=who, organization_id=asked.organization_id, permissions=held)

    def writing(self, actor: Actor, at: datetime = ISSUED) -> Any:
        """One transaction of somebody, at a program time."""
        return self.database.writing(Fence.of(actor), actor, at=at)

    def reading(self, actor: Actor) -> Any:
        """One reading transaction of somebody."""
        return self.database.reading(Fence.of(actor))

    async def sweep(self, name: str, at: datetime) -> int:
        """Let a sweep run once, at a program time."""
        sweep = self.sweeps[name]
        async with self.database.writing(Fence.system(), Actor.system("notices-worker"), at=at) as session:
            return await sweep.move(session, at, sweep.limit)

    async def kept(self, notice_id: UUID) -> Notice:
        """The notice as it stands."""
        async with self.database.reading(Fence.system()) as session:
            return await session.get_one(Notice, notice_id)

    async def approve(self, *asked: NoticeRequested, at: datetime = ISSUED) -> None:
        """Ask for notices and release them by a second person."""
        for each in asked:
            await self.hear(each)
        office = KINDS[asked[0].fields.notice_type].approve
        reviewer = QUALITY if QUALITY.may(office) else CONTRACTING
        chosen = [Reviewed(each.notice_id, (await self.kept(each.notice_id)).version) for each in asked]
        async with self.writing(reviewer, at) as session:
            await drafting.review(session, chosen, "approved", "", office=office)

    async def prepare(self, asked: NoticeRequested, at: datetime = ISSUED) -> UUID:
        """Put everything approved of a type and round into a batch, and have it checked."""
        async with self.writing(QUALITY, at) as session:
            batch = await batches.prepare(session, asked.round_code, asked.fields.notice_type, [])
        while await self.sweep("check notice batches", at):
            pass
        return batch.id

    async def release(self, batch_id: UUID, at: datetime = ISSUED) -> None:
        """Let a batch go out."""
        async with self.writing(QUALITY, at) as session:
            batch = await session.get_one(NoticeBatch, batch_id)
            await batches.release(session, batch_id, base=batch.version)

    async def issue(self, *asked: NoticeRequested, at: datetime = ISSUED) -> NoticeRequested:
        """Ask for notices, release them and let the worker issue them."""
        await self.know_the_round()
        await self.approve(*asked, at=at)
        await self.release(await self.prepare(asked[0], at), at)
        while await self.sweep("issue notices", at):
            pass
        return asked[0]

    async def respond(self, asked: NoticeRequested, text: str = "Here it is.", *receipts: str, at: datetime) -> Any:
        """Somebody of the organization answers."""
        async with self.writing(self.official(asked), at) as session:
            return await answering.respond(session, asked.notice_id, text, receipts)
