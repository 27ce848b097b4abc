"""What a supplier's officials do: a plan, its revision, the follow-up report, a hearing, evidence, the proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.database import Session
from chassis.ids import Entity
from chassis.signature import Signer, Statement, Typed, keep
from contracts_svc.breaches import telling
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.lifecycle import CAP_REVISION
from contracts_svc.breaches.loading import load_mine, rules_for
from contracts_svc.breaches.paper import BreachPaper, PaperKind
from contracts_svc.breaches.permissions import VIEW
from contracts_svc.breaches.receipts import read_receipts
from contracts_svc.breaches.statement import HEARING_CERTIFICATION, PLAN_CERTIFICATION
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.version import digest_of


@dataclass(frozen=True)
class Sent:
    """What an official sends: words, files by their receipts, and the signature under it."""

    text: str
    receipts: Sequence[str]
    signer: Signer
    typed: Typed


async def submit_plan(session: Session, case_id: UUID, base: int, finish_on: date, sent: Sent) -> BreachCase:
    """Send a corrective action plan, or the revised one: how and by when everything is put right.

    Raises `NotFound`, `CaseChanged`, `NotNoticedYet`, `NoPlanAllowed`, `TooLate`, `FinishesTooEarly`, `FilesNeeded`,
    `NotAReceiptForThis`, NotAllowedNow, and what `Statement.certify` raises.
    """
    case = await load_mine(session, case_id)
    case.require_noticed()
    if case.state is CAP_REVISION:
        case.resubmit_plan(finish_on, base, session.at)
        kind = PaperKind.REVISED_PLAN
    else:
        case.submit_plan(finish_on, base, session.at)
        kind = PaperKind.PLAN
    await _keep(session, case, kind, sent, PLAN_CERTIFICATION, finish_on=finish_on.isoformat())
    telling.answered(case, session.at)
    return case


async def report(session: Session, case_id: UUID, base: int, sent: Sent) -> BreachCase:
    """Report that the plan is carried out. Raises `NotFound`, `CaseChanged`, `TooLate`, and as `submit_plan`."""
    case = await load_mine(session, case_id)
    case.report(base, session.at)
    await _keep(session, case, PaperKind.FOLLOW_UP, sent, PLAN_CERTIFICATION)
    telling.answered(case, session.at)
    return case


async def request_hearing(session: Session, case_id: UUID, base: int, sent: Sent) -> BreachCase:
    """Request a hearing in writing, with the evidence. Raises `NotFound`, `NotNoticedYet`, and as `submit_plan`."""
    case = await load_mine(session, case_id)
    case.require_noticed()
    case.request_hearing(await rules_for(session, case), base, session.at)
    await _keep(session, case, PaperKind.HEARING_REQUEST, sent, HEARING_CERTIFICATION)
    telling.answered(case, session.at)
    await _note(session, case, "breach-hearing-requested", "A hearing was requested")
    return case


async def add_evidence(session: Session, case_id: UUID, base: int, sent: Sent) -> BreachCase:
    """Add evidence that the hearing officer permitted. Raises `NotFound`, `NotPermitted`, and as `submit_plan`."""
    case = await load_mine(session, case_id)
    case.add_evidence(base, session.at)
    await _keep(session, case, PaperKind.SUPPLIER_EVIDENCE, sent, HEARING_CERTIFICATION)
    return case


async def prove(session: Session, case_id: UUID, base: int, sent: Sent) -> BreachCase:
    """Prove that the beneficiaries were told. Raises `NotFound`, `NoProofAsked`, and as `submit_plan`."""
    case = await load_mine(session, case_id)
    case.prove(base, session.at)
    case.watch(case.by_id)
    await _keep(session, case, PaperKind.BENEFICIARY_PROOF, sent, PLAN_CERTIFICATION)
    telling.answered(case, session.at)
    return case


async def _keep(
    session: Session, case: BreachCase, kind: PaperKind, sent: Sent, statement: Statement, **more: str
) -> None:
    certificate = statement.certify(sent.signer, sent.typed)
    files = await read_receipts(session, case, sent.receipts)
    paper = BreachPaper(case.id, case.organization_id, kind, sent.text, by=session.actor, at=session.at, files=files)
    session.add(paper)
    signed = {"case": str(case.id), "kind": kind.value, "text": sent.text, **more}
    signed["files"] = ",".join(each["sha256"] for each in files)
    await keep(session, certificate, subject=Entity("breach", case.id), content_sha256=digest_of(signed))


async def _note(session: Session, case: BreachCase, kind: str, label: str) -> None:
    contract = await session.get_one(Contract, case.contract_id)
    contract.note(kind, label, VIEW, session.at, case=case.number)
