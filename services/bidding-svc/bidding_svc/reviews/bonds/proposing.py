"""The lines of a bond review: one for each bond and element of its checklist (domain/documents.md 6)."""

from collections.abc import Iterator

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.checklist import LABELS, Checked, Element
from bidding_svc.disqualification.reason import Reason
from bidding_svc.reviews.case import Proposal
from bidding_svc.reviews.kinds import Outcome
from chassis.answers import Answer

ELEMENT = "element"


def unread(bond: Bond) -> Iterator[Proposal]:
    """Yield the lines of a bond whose paper nobody has keyed in: nothing could be checked."""
    for element in Element:
        yield Proposal(_label(bond, element), None, inputs=_about(bond, element), requirement_id=bond.requirement_id)


def proposed(bond: Bond, checked: Checked) -> Proposal:
    """Propose what an element comes to."""
    outcome = {Answer.YES: Outcome.PASS, Answer.NO: Outcome.FAIL}.get(checked.answer)
    reasons = [Reason.BOND_UNACCEPTABLE] if outcome is Outcome.FAIL else []
    inputs = _about(bond, checked.element) | {"paper_says": checked.says, "expected": checked.expected}
    label = _label(bond, checked.element)
    return Proposal(label, outcome, reasons, inputs=inputs, requirement_id=bond.requirement_id)


def _label(bond: Bond, element: Element) -> str:
    return f"{bond.area}: {element}. {LABELS[element]}"


def _about(bond: Bond, element: Element) -> dict[str, object]:
    return {ELEMENT: element.value, "area": bond.area}
