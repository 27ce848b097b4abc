"""What the CBIC and CMS do: take, ask, waive, review finances, recommend, and decide by a second person."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.use_cases import load as load_contract
from contracts_svc.program.round import KnownRound
from contracts_svc.transfers.checks import CHECKS, checks_of, unmet
from contracts_svc.transfers.clocks import answer_due
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.lifecycle import DRAFT, LIFECYCLE
from contracts_svc.transfers.receiving import count_side
from contracts_svc.transfers.telling import Outcome, tell
from contracts_svc.transfers.transfer import DECIDER_IS_NOT_RECOMMENDER, Transfer

Verb = Literal["deny", "not required"]
_OUTCOMES: Mapping[Verb, Outcome] = {"deny": "denied", "not required": "not-required"}


class ConditionsUnmet(NotAllowedNow):
    """Not every condition of 42 CFR 414.422(d) is met. Ask both sides, confirm what could not be checked, or deny."""


class ExplanationNeeded(Invalid):
    """Explain the decision to both sides."""


class NothingToWaive(NotAllowedNow):
    """Only documents of a package that has not come yet can be waived."""


async def take(session: Session, transfer_id: UUID, base: int) -> Transfer:
    """Take a complete package in review. Raises `NotFound`, `TransferChanged`, NotAllowedNow."""
    transfer = await load(session, transfer_id)
    transfer.take(await checks_of(session, transfer, await contract_of(session, transfer)), base, session.at)
    return transfer


async def ask(session: Session, transfer_id: UUID, base: int, question: str) -> Transfer:
    """Ask both sides for more. Raises `NotFound`, `TransferChanged`, NotAllowedNow."""
    transfer = await load(session, transfer_id)
    known = await session.get(KnownRound, transfer.round_code)
    transfer.ask(question, answer_due(eastern_day(session.at), known), base, session.at)
    return transfer


async def waive(session: Session, transfer_id: UUID, base: int, document_id: UUID, because: str) -> Transfer:
    """Do without a document, because CMS holds sufficient ones already (TR-2).

    Raises `NotFound`, `NothingToWaive`, `ExplanationNeeded`, `TransferChanged`.
    """
    if not because.strip():
        raise ExplanationNeeded(field="because")
    transfer = await load(session, transfer_id)
    transfer.require_row_version(base)
    document = await session.get(TransferDocument, document_id, with_for_update=True)
    if document is None or document.transfer_id != transfer.id:
        raise NotFound
    if document.is_there or document.phase.value != "package" or LIFECYCLE.is_end(transfer.state):
        raise NothingToWaive
    document.waive(because)
    await session.flush()
    await count_side(session, transfer, document.side, document.phase, session.at)
    return transfer


async def review_finances(session: Session, transfer_id: UUID, base: int, finding: str, note: str) -> Transfer:
    """Say whether the successor's finances are acceptable. Raises `NotFound`, `TransferChanged`, NotAllowedNow."""
    transfer = await load(session, transfer_id)
    transfer.review_finances(finding, note, base, session.at)
    return transfer


async def recommend(
    session: Session, transfer_id: UUID, base: int, *, what: str, explanation: str, confirmed: Mapping[str, str]
) -> Transfer:
    """Recommend what to decide, from the conditions as they are answered now.

    Raises `NotFound`, `TransferChanged`, `ConditionsUnmet` for an approval that cannot be given, NotAllowedNow.
    """
    transfer = await load(session, transfer_id)
    transfer.require_row_version(base)
    checks = await checks_of(session, transfer, await contract_of(session, transfer))
    transfer.recommend(what, explanation, checks, confirmed, session.at)
    if what == "approve":
        require_met(transfer, checks)
    return transfer


async def approve(session: Session, transfer_id: UUID, base: int) -> Transfer:
    """Approve a transfer on the condition of a novation.

    Raises `NotFound`, `TransferChanged`, `SomebodyElseMust`, `ConditionsUnmet`, NotAllowedNow.
    """
    transfer = await load_to_decide(session, transfer_id, base)
    contract = await contract_of(session, transfer)
    checks = await checks_of(session, transfer, contract)
    transfer.approve(session.actor.user_id, checks, session.at)
    require_met(transfer, checks)
    tell(session, transfer, "approved-conditionally", contract)
    return transfer


async def decide_against(session: Session, transfer_id: UUID, base: int, verb: Verb, explanation: str) -> Transfer:
    """Deny a transfer, or find that nothing has to be transferred: the contract stays as it is.

    Raises `NotFound`, `TransferChanged`, `SomebodyElseMust`, `ExplanationNeeded`, NotAllowedNow.
    """
    if not explanation.strip():
        raise ExplanationNeeded(field="explanation")
    transfer = await load_to_decide(session, transfer_id, base)
    transfer.decide_against(verb, session.actor.user_id, explanation, session.at)
    tell(session, transfer, _OUTCOMES[verb], await contract_of(session, transfer))
    return transfer


def require_met(transfer: Transfer, checks: Mapping[str, str]) -> None:
    """Raise `ConditionsUnmet`, which names what is not met."""
    if missing := unmet(checks, transfer.confirmed):
        named = "; ".join(f"{code}: {CHECKS[code]}" for code in missing)
        raise ConditionsUnmet(f"Not met, or not checked: {named}.")


async def load_to_decide(session: Session, transfer_id: UUID, base: int) -> Transfer:
    """Return a transfer, locked, that the actor may decide. Raises `SomebodyElseMust` and what `load` raises."""
    transfer = await load(session, transfer_id)
    transfer.require_row_version(base)
    await DECIDER_IS_NOT_RECOMMENDER.require(session, Entity("transfer", transfer.id))
    return transfer


async def load(session: Session, transfer_id: UUID) -> Transfer:
    """Return a transfer that was filed, locked. Raises `NotFound`; a draft is its writer's own."""
    found = await session.get(Transfer, transfer_id, with_for_update=True)
    if found is None or found.state is DRAFT:
        raise NotFound
    return found


async def contract_of(session: Session, transfer: Transfer) -> Contract:
    """Return the contract, locked. Raises `NotFound` while it is not known."""
    if transfer.contract_id is None:
        raise NotFound
    return await load_contract(session, transfer.contract_id)
