"""The kinds of review: what each may come to, for which reasons, and who may see it, work on it and approve it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.lifecycle import APPROVE_REVIEW

VIEW, WORK, APPROVE = "staff.review.view", "staff.review.edit", APPROVE_REVIEW


class Kind(StrEnum):
    """A review of one bidder after the close, in the order of domain/lifecycle.md 3.4."""

    COMPLETENESS = "completeness"


class Outcome(StrEnum):
    """What a line of a case comes to."""

    PASS = "pass"  # noqa: S105  not a password
    FAIL = "fail"


@dataclass(frozen=True)
class Rules:
    """What a kind of review may come to. `due` is the date of the round's calendar it works towards.

    `view` and `work` are permissions it asks for besides those of every review.
    """

    label: str
    outcomes: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    due: str
    view: frozenset[str] = frozenset()
    work: frozenset[str] = frozenset()


RULES: Mapping[Kind, Rules] = MappingProxyType(
    {
        Kind.COMPLETENESS: Rules(
            "Completeness",
            (Outcome.PASS, Outcome.FAIL),
            (
                Reason.FORM_A_NOT_APPROVED,
                Reason.FORM_B_NOT_CERTIFIED,
                Reason.FIN_DOC_MISSING,
                Reason.BOND_MISSING,
            ),
            due="cdrd-notices",
        ),
    }
)


def kinds_seen_with(permissions: frozenset[str]) -> list[Kind]:
    """Return the kinds of review that somebody with these permissions may see."""
    return [kind for kind, rules in RULES.items() if VIEW in permissions and rules.view <= permissions]
