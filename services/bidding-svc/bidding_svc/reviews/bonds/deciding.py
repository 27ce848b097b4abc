from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.checklist import Element
from bidding_svc.bonds.consequences import disqualify_areas
from bidding_svc.reviews.bonds.proposing import ELEMENT
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Outcome
from chassis.database import Session


async def decide(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Verify the bonds that lack nothing; the others are unacceptable, and the bids of their areas are out.

    All elements are needed (domain/documents.md 6). A bond that was found falsified meanwhile stays so.
    """
    lacking: dict[UUID, list[Element]] = defaultdict(list)
    for finding in findings:
        if finding.requirement_id and finding.outcome is Outcome.FAIL:
            lacking[finding.requirement_id].append(Element(finding.inputs[ELEMENT]))
    reviewed = {finding.requirement_id for finding in findings if finding.requirement_id}
    bonds = await session.scalars(
        select(Bond).where(Bond.requirement_id.in_(reviewed)).order_by(Bond.id).with_for_update()
    )
    rejected = []
    for bond in bonds.all():
        if not bond.may("verify"):
            continue
        if elements := lacking.get(bond.requirement_id):
            bond.reject(elements, session.actor.user_id, session.at)
            rejected.append(bond.cba_code)
        else:
            bond.verify(session.actor.user_id, session.at)
    await disqualify_areas(session, case.bidder_id, rejected, session.at)
