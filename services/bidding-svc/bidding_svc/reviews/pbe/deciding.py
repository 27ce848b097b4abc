"""The preliminary bid evaluation: what is told, and what follows (domain/lifecycle.md 3.4, 4.3)."""

from collections import defaultdict
from collections.abc import Sequence

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.reviews.case import Finding, Proposal, ReviewCase
from bidding_svc.reviews.findings import NothingToAsk, bids_of, disqualify_failed, move_bids
from bidding_svc.reviews.kinds import Outcome
from bidding_svc.reviews.parts import in_parts
from bidding_svc.reviews.pbe.proposing import TO_BE_CHECKED, proposals_for
from bidding_svc.reviews.pbe.rules import LABELS, Check
from bidding_svc.rounds.round import Round
from chassis.answers import Answer
from chassis.database import Session
from events.notice_fields import Competition, PbeCheck, PbeFields, PbeFinding, PbeRow

EVIDENCE = "Proof that a requirement was met by the close"
EXPLANATIONS = {
    Answer.NO: "The record as of the close of the bid window does not show that it was met.",
    Answer.COULD_NOT_CHECK: "It could not be checked as of the close of the bid window.",
}


async def ask(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Tell the bidder what was met and what is not verified, for every competition and location.

    Raises `NothingToAsk`.
    """
    bids = await bids_of(session, findings)
    standing = {bid_id: bid for bid_id, bid in bids.items() if bid.state in TO_BE_CHECKED}
    rows = [row for each in findings if each.bid_id in standing for row in _rows(each, standing[each.bid_id])]
    if not rows:
        raise NothingToAsk
    named = {code for row in rows for code in (*row.met, *(each.check for each in row.not_verified))}
    round_ = await session.get_one(Round, case.round_code)
    checks = tuple(PbeCheck(check=check, label=label) for check, label in LABELS.items() if check in named)

    def fields(some: tuple[PbeRow, ...]) -> PbeFields:
        return PbeFields(bidder_number=case.bidder_number, closed_at=round_.closes_at, checks=checks, rows=some)

    case.ask_the_bidder(in_parts(rows, fields), session.at, evidence=EVIDENCE)


async def issued(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """The notice is issued: the bids wait for proof, which may be sent until the answer is due."""
    await move_bids(session, findings, "ask for proof", lambda bid: bid.ask_for_proof(session.at))
    case.open_evidence_slot(EVIDENCE, "pbe", session.at)


async def due(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """No more answers. What the record shows by now of the day of the close counts; the rest a person reads.

    What is unmet and was not answered stands (domain/lifecycle.md 2.1, PBE_RESPONSE).
    """
    round_ = await session.get_one(Round, case.round_code)
    checked = (await proposals_for(session, round_, [case.bidder_id])).get(case.bidder_id, [])
    fresh = {proposal.bid_id: proposal for proposal in checked}
    for finding in findings:
        if finding.outcome is Outcome.ASK:
            gone = Proposal(finding.label, None, (), finding.inputs, bid_id=finding.bid_id)
            now = fresh.get(finding.bid_id, gone)
            finding.propose(_after_the_answer(now, answered=case.answered_at is not None))


async def decide(session: Session, _case: ReviewCase, findings: Sequence[Finding]) -> None:
    """What is not met is disqualified; what is met is eligible."""
    await disqualify_failed(session, findings, session.at)
    passed = [finding for finding in findings if finding.outcome is Outcome.PASS]
    await move_bids(session, passed, "clear", lambda bid: bid.clear(session.at))


def _after_the_answer(checked: Proposal, *, answered: bool) -> Proposal:
    inputs = checked.inputs | {"answered": answered}
    if checked.outcome is Outcome.PASS:
        return Proposal(checked.label, Outcome.PASS, (), inputs)
    reasons: Sequence[Reason] = checked.reasons
    return Proposal(checked.label, None if answered or not reasons else Outcome.FAIL, reasons, inputs)


def _rows(finding: Finding, bid: Bid) -> list[PbeRow]:
    by_place: dict[str | None, list[dict[str, str]]] = defaultdict(list)
    for checked in finding.inputs["checks"]:
        by_place[checked["ptan"]].append(checked)
    competition = Competition(category_code=bid.category_code, cba_code=bid.cba_code, label=bid.label)
    return [
        PbeRow(
            competition=competition,
            ptan=ptan,
            met=tuple(Check(each["check"]) for each in checks if each["answer"] == Answer.YES),
            not_verified=tuple(
                PbeFinding(check=Check(each["check"]), explanation=EXPLANATIONS[Answer(each["answer"])])
                for each in checks
                if each["answer"] != Answer.YES
            ),
        )
        for ptan, checks in by_place.items()
    ]
