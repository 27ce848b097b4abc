"""The kinds of review: what each may come to, for which reasons, and who may see it, work on it and approve it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.lifecycle import APPROVE_REVIEW, DECIDE_INQUIRY

VIEW, WORK, APPROVE, DETERMINE = "staff.review.view", "staff.review.edit", APPROVE_REVIEW, DECIDE_INQUIRY


class Kind(StrEnum):
    """A review of one bidder after the close, in the order of domain/lifecycle.md 3.4; the last before the offers."""

    COMPLETENESS = "completeness"
    BONDS = "bonds"
    CDRD = "cdrd"
    BONA_FIDE = "bona-fide"
    PBE = "pbe"
    DISQUALIFICATION = "disqualification"
    INQUIRY = "inquiry"
    RECHECK = "recheck"


class Outcome(StrEnum):
    """What a line of a case comes to; `ASK`: the bidder is asked first, by a notice, and then it passes or fails."""

    PASS = "pass"  # noqa: S105  not a password
    FAIL = "fail"
    ASK = "ask"


@dataclass(frozen=True)
class Rules:
    """What a kind of review may come to. `due` is the date of the round's calendar it works towards.

    One that `asks` fails nobody who was not asked: a line passes or asks before its notice, and passes or fails after.
    `approve` is who decides; `view` and `work` are permissions it asks for besides those of every review.
    """

    label: str
    outcomes: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    due: str
    asks: bool = False
    approve: str = APPROVE
    view: frozenset[str] = frozenset()
    work: frozenset[str] = frozenset()

    def outcomes_now(self, *, asked: bool) -> tuple[Outcome, ...]:
        """Return what a line may come to, by whether the bidder was asked already."""
        if not self.asks:
            return self.outcomes
        return tuple(each for each in self.outcomes if each is not (Outcome.ASK if asked else Outcome.FAIL))


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
        Kind.BONDS: Rules(
            "Bid surety bonds", (Outcome.PASS, Outcome.FAIL), (Reason.BOND_UNACCEPTABLE,), due="pbe-notices"
        ),
        Kind.CDRD: Rules("Covered document findings", (Outcome.ASK,), (), due="cdrd-notices", asks=True),
        Kind.BONA_FIDE: Rules(
            "Bona fide bid",
            (Outcome.PASS, Outcome.ASK, Outcome.FAIL),
            (Reason.NOT_BONA_FIDE,),
            due="bona-fide-notices",
            asks=True,
            view=frozenset({"staff.bid_price.view"}),
            work=frozenset({"staff.bid_price.edit"}),
        ),
        Kind.PBE: Rules(
            "Preliminary bid evaluation",
            (Outcome.PASS, Outcome.ASK, Outcome.FAIL),
            (
                Reason.PTAN_INACTIVE,
                Reason.NOT_ACCREDITED,
                Reason.NOT_LICENSED,
                Reason.COMMON_OWNERSHIP,
                Reason.NETWORK_RULE,
                Reason.PRECLUDED,
            ),
            due="pbe-notices",
            asks=True,
        ),
        Kind.DISQUALIFICATION: Rules("Disqualification", (Outcome.FAIL,), tuple(Reason), due="offers"),
        Kind.INQUIRY: Rules(
            "Bidder inquiry",
            (Outcome.PASS, Outcome.FAIL),
            tuple(Reason),
            due="period-starts",
            approve=DETERMINE,
        ),
        Kind.RECHECK: Rules(
            "License re-check",
            (Outcome.PASS, Outcome.FAIL),
            (Reason.PTAN_INACTIVE, Reason.NOT_ACCREDITED, Reason.NOT_LICENSED, Reason.PRECLUDED),
            due="offers",
        ),
    }
)


def kinds_seen_with(permissions: frozenset[str]) -> list[Kind]:
    """Return the kinds of review that somebody with these permissions may see."""
    return [kind for kind, rules in RULES.items() if VIEW in permissions and rules.view <= permissions]
