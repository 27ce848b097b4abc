"""A breach case of a contract supplier, as the people of the CBIC, of CMS and of the supplier move it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.database import Fence
from chassis.signing import SigningKey
from chassis.trust import note_key
from contracts_svc.breaches import answering, noticing, opening
from contracts_svc.breaches.action import Kind, Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.deciding import move_by_calendar
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.permissions import RESPOND, VIEW
from contracts_svc.breaches.statement import HEARING_CERTIFICATION, PLAN_CERTIFICATION
from contracts_svc.contracts.use_cases import move_by_calendar as move_contracts
from events.notice_fields import NoticeSubject
from events.notices import NoticeIssued
from tests.contracts.house import STARTS, Supplier, signer, staff, typed

KEY = SigningKey.generate()
NOTICED = datetime(2028, 3, 1, 15, tzinfo=UTC)
ANALYST, CMS, OTHER_CMS, HEARER = (
    staff("Carla.Analyst"),
    staff("Olive.Officer"),
    staff("Otto.Officer"),
    staff("Henry.Hearer"),
)
SUSPEND = Wish(kind=Kind.SUSPEND, until=date(2028, 12, 31))
TERMINATE = Wish(kind=Kind.TERMINATE)
PRECLUDE = Wish(kind=Kind.PRECLUDE, precluded_from="R2031")


def official(supplier: Supplier) -> Actor:
    """An authorized official, who sees breach cases and answers them."""
    return supplier.person("Dana.Whitlock", VIEW, RESPOND)


async def sweep(supplier: Supplier, at: datetime) -> int:
    """The calendar moves what is due by then; returns how many of the supplier's own cases it moved."""
    before = await _versions(supplier)
    async with supplier.database.writing(Fence.system(), Actor.system("test"), at=at) as session:
        await move_by_calendar(session, at, 1000)
    return len(before ^ await _versions(supplier)) // 2


async def _versions(supplier: Supplier) -> set[tuple[UUID, int]]:
    mine = select(BreachCase.id, BreachCase.row_version).where(BreachCase.organization_id == supplier.organization_id)
    async with supplier.reading() as session:
        return {(row.id, row.row_version) for row in await session.execute(mine)}


async def active(supplier: Supplier) -> None:
    """The supplier's contract runs, and receipts of documents-svc are believed."""
    await supplier.know_round()
    await supplier.executed()
    half = KEY.public()
    async with supplier.database.writing(Fence.system(), Actor.system("test"), at=midnight(STARTS)) as session:
        await move_contracts(session, midnight(STARTS), 1000)
        await note_key(
            session,
            kid=half.kid,
            use="receipt",
            issuer="documents",
            public_jwk=half.jwk(),
            not_before=machine_time.now(),
            not_after=None,
        )


async def case_of(supplier: Supplier, case_id: UUID) -> BreachCase:
    """A case as it stands."""
    async with supplier.reading() as session:
        return await session.get_one(BreachCase, case_id)


async def act(supplier: Supplier, by: Actor, verb: Any, case: BreachCase, *args: Any, at: datetime, **more: Any) -> Any:
    """Somebody of the CBIC or of CMS moves a case, as they have read it last."""
    base = (await case_of(supplier, case.id)).row_version
    async with supplier.as_staff(by, at) as session:
        await verb(session, case.id, base, *args, **more)
    return await case_of(supplier, case.id)


async def recommended(supplier: Supplier, actions: Sequence[Wish] = (SUSPEND, PRECLUDE)) -> BreachCase:
    """A case that a compliance analyst opened and recommended."""
    contract = await supplier.contract()
    async with supplier.as_staff(ANALYST, NOTICED - timedelta(days=2)) as session:
        case = await opening.open_case(
            session, contract.id, Ground.REFUSAL_TO_FURNISH, "A beneficiary was turned away."
        )
    what = opening.Recommended(["A beneficiary was turned away."], "Two complaints.", actions)
    made: BreachCase = await act(supplier, ANALYST, opening.recommend, case, what, at=NOTICED - timedelta(days=1))
    return made


async def hear_issue(supplier: Supplier, case: BreachCase, at: datetime = NOTICED, times: int = 1) -> BreachCase:
    """notices-svc says that the latest notice of a case has gone out, as often as the broker likes."""
    assert case.notice_id is not None
    told = NoticeIssued(
        notice_id=case.notice_id,
        organization_id=supplier.organization_id,
        round_code="R2028",
        notice_type="breach",
        about=NoticeSubject(kind="breach", id=case.id),
        issued_at=at,
    )
    for _ in range(times):
        async with supplier.as_worker(at) as session:
            await noticing.note_issued(session, told)
    return await case_of(supplier, case.id)


async def noticed(
    supplier: Supplier, actions: Sequence[Wish] = (SUSPEND, PRECLUDE), *, cap_allowed: bool = True
) -> BreachCase:
    """A case whose notice has gone out."""
    more: dict[str, Any] = {"cap_allowed": cap_allowed, "barred_check": "Checked by hand.", "effective_on": None}
    case = await act(supplier, CMS, noticing.issue_notice, await recommended(supplier, actions), at=NOTICED, **more)
    return await hear_issue(supplier, case)


def receipt(case: BreachCase, received_at: datetime, **more: Any) -> str:
    """A receipt of documents-svc for a file in the open slot of a case."""
    about = {
        "organization_id": str(case.organization_id),
        "slot_id": str(case.slot_id),
        "file_id": str(uuid4()),
        "sha256": "0" * 64,
        "size": 1,
        "received_at": received_at.isoformat(),
    }
    return KEY.sign(about | more, "connexion-receipt")


async def answer(
    supplier: Supplier,
    verb: Any,
    case: BreachCase,
    *args: Any,
    at: datetime,
    receipts: Sequence[str] | None = None,
    base: int | None = None,
) -> BreachCase:
    """An official sends something with a file, under signature."""
    case, by = await case_of(supplier, case.id), official(supplier)
    hearing = verb in (answering.request_hearing, answering.add_evidence)
    statement = HEARING_CERTIFICATION if hearing else PLAN_CERTIFICATION
    files = [receipt(case, min(at, case.slot_until or at))] if receipts is None else receipts
    sent = answering.Sent("Here it is.", files, signer(by, at), typed(by, statement.name))
    async with supplier.as_person(by, at) as session:
        await verb(session, case.id, case.row_version if base is None else base, *args, sent)
    return await case_of(supplier, case.id)
