"""How a case comes about: from a suspicion that was told, or opened by hand; recommended, dismissed, sent back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity
from contracts_svc.breaches.action import Kind, Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import ISSUER_IS_NOT_RECOMMENDER
from contracts_svc.breaches.grounds import Ground, ground_of
from contracts_svc.breaches.lifecycle import SUSPECTED
from contracts_svc.breaches.loading import load
from contracts_svc.breaches.paper import BreachPaper, PaperKind
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from events.contracts import BreachSuspected


class NoSuchBreach(NotAllowedNow):
    """A breach case is about a signed contract that has not ended."""


class ReasonNeeded(Invalid):
    """Say why."""


class ActionsNeeded(Invalid):
    """Name the actions that are proposed: each kind once."""


@dataclass(frozen=True)
class Recommended:
    """What a compliance analyst recommends: what deviates, the evidence in words, the actions."""

    deviations: Sequence[str]
    evidence: str
    actions: Sequence[Wish]


async def suspect(session: Session, told: BreachSuspected) -> None:
    """Something points to a breach: it joins the case that waits for the same ground, or opens one.

    The contract is locked meanwhile, so that of two suspicions at once the second finds the case of the first. Told
    again, nothing changes. Where the contract has ended meanwhile nothing is left to act on.
    """
    contract = await _contract(session, told.contract_id)
    ground = ground_of(told.ground)
    known = await session.scalar(
        select(BreachCase.id).where(
            BreachCase.contract_id == contract.id,
            BreachCase.suspicions.contains([{"id": str(told.suspicion_id)}]),
        )
    )
    if known is not None:
        return
    case = await session.scalar(
        select(BreachCase)
        .where(BreachCase.contract_id == contract.id, BreachCase.ground == ground, BreachCase.state == SUSPECTED)
        .order_by(BreachCase.id)
        .limit(1)
        .with_for_update(of=BreachCase)
    )
    if case is None:
        case = BreachCase(contract, ground, told.suspected_at)
        session.add(case)
    about = {"kind": told.about.kind, "about": str(told.about.id)}
    case.suspect({"id": str(told.suspicion_id), "label": told.label, **about}, told.suspected_at)


async def open_case(session: Session, contract_id: UUID, ground: Ground, words: str) -> BreachCase:
    """Open a case by hand: what monitoring found. Raises `NotFound`, `NoSuchBreach`."""
    contract = await _contract(session, contract_id)
    if contract.state not in (EXECUTED, ACTIVE, SUSPENDED):
        raise NoSuchBreach
    case = BreachCase(contract, ground, session.at)
    case.deviations = [words]
    session.add(case)
    return case


async def recommend(session: Session, case_id: UUID, base: int, what: Recommended) -> BreachCase:
    """Recommend a notice of breach. Raises `NotFound`, `CaseChanged`, `ActionsNeeded`, NotAllowedNow."""
    kinds = [wish.kind for wish in what.actions]
    if not kinds or any(kinds.count(kind) > 1 for kind in (Kind.SUSPEND, Kind.TERMINATE)):
        raise ActionsNeeded(field="actions")
    case = await load(session, case_id)
    case.recommend(what.deviations, session.actor.person_id, base, session.at)
    case.name_actions(what.actions)
    _keep(session, case, PaperKind.EVIDENCE_OF_BREACH, what.evidence)
    return case


async def dismiss(session: Session, case_id: UUID, base: int, why: str) -> BreachCase:
    """There was no breach. Raises `NotFound`, `CaseChanged`, NotAllowedNow."""
    case = await load(session, case_id)
    case.dismiss(base, session.at)
    _keep(session, case, PaperKind.REMARK, why)
    return case


async def send_back(session: Session, case_id: UUID, base: int, why: str) -> BreachCase:
    """Issue no notice on this recommendation. Raises `NotFound`, `CaseChanged`, `SomebodyElseMust`, NotAllowedNow."""
    case = await load(session, case_id)
    await ISSUER_IS_NOT_RECOMMENDER.require(session, Entity("breach", case.id))
    case.send_back(base, session.at)
    _keep(session, case, PaperKind.REMARK, why)
    return case


def _keep(session: Session, case: BreachCase, kind: PaperKind, text: str) -> None:
    session.add(BreachPaper(case.id, case.organization_id, kind, text, by=session.actor, at=session.at))


async def _contract(session: Session, contract_id: UUID) -> Contract:
    found: Contract | None = await session.scalar(
        select(Contract).where(Contract.id == contract_id).with_for_update(of=Contract)
    )
    if found is None:
        raise NotFound
    return found
