"""Bids that must not stand beside each other in one competition.

BID-05: bids of one ownership group. BID-09: those of a network and its member, or of two networks with one member.

Whether a bidder is told depends on who says so. A tie that both sides declare, or that the enrolment record knows, is
told to both. What one side alone declares is kept for the evaluation: nobody learns by a false declaration whether
somebody else bids, or keeps them from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bidding_svc.form_a.fields import OFFICER_LINKS


class Told(StrEnum):
    """Whether the bidder is told what was found about its bid, or the evaluation alone."""

    BIDDER = "bidder"
    EVALUATION = "evaluation"


Findings = dict[str, str]
"""By code of the rule, whom it is told (`Told`)."""


@dataclass(frozen=True)
class DeclaredLink:
    """What a bidder declares in its Form A about another supplier, by that one's PTAN."""

    bidder: UUID
    ptan: str
    kind: str | None
    share: Decimal | None

    def binds(self, threshold: Decimal) -> bool:
        """Whether it makes common ownership or control: a share from the threshold on, or an owner in a leading role.

        42 CFR 414.402.
        """
        return self.kind in OFFICER_LINKS or (self.share is not None and self.share >= threshold)


@dataclass
class Relations:
    """Who belongs together in a round, of all its bidders."""

    owners: Mapping[str, UUID]
    """The bidder a PTAN belongs to."""
    recorded_groups: Mapping[UUID, str]
    """The ownership group of a bidder, where the enrolment record knows one."""
    members: Mapping[UUID, frozenset[str]]
    """The PTANs of a network's members, by the bidder that bids for the network."""
    links: Iterable[DeclaredLink]
    threshold: Decimal
    _told: dict[UUID, UUID] = field(default_factory=dict)
    _all: dict[UUID, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        declared = {
            (link.bidder, self.owners[link.ptan])
            for link in self.links
            if link.ptan in self.owners and link.binds(self.threshold)
        }
        for one, other in declared:
            _join(self._all, one, other)
            if (other, one) in declared:
                _join(self._told, one, other)
        first: dict[str, UUID] = {}
        for bidder, group in self.recorded_groups.items():
            for ties in (self._all, self._told):
                _join(ties, first.setdefault(group, bidder), bidder)

    def findings(self, bidder: UUID, others: Iterable[UUID]) -> Findings:
        """Return what is found about a bid of `bidder` beside the submitted bids of `others` in its competition."""
        beside = [other for other in others if other != bidder]
        found: Findings = {}
        if any(_root(self._told, other) == _root(self._told, bidder) for other in beside):
            found["BID-05"] = Told.BIDDER
        elif any(_root(self._all, other) == _root(self._all, bidder) for other in beside):
            found["BID-05"] = Told.EVALUATION
        if any(self._is_member_of(bidder, other) for other in beside):
            found["BID-09"] = Told.BIDDER
        elif any(self._is_member_of(other, bidder) or self._share_a_member(bidder, other) for other in beside):
            found["BID-09"] = Told.EVALUATION
        return found

    def _is_member_of(self, bidder: UUID, network: UUID) -> bool:
        return any(self.owners.get(ptan) == bidder for ptan in self.members.get(network, ()))

    def _share_a_member(self, one: UUID, other: UUID) -> bool:
        return bool(self.members.get(one, frozenset()) & self.members.get(other, frozenset()))


def _root(ties: dict[UUID, UUID], bidder: UUID) -> UUID:
    while ties.get(bidder, bidder) != bidder:
        bidder = ties[bidder]
    return bidder


def _join(ties: dict[UUID, UUID], one: UUID, other: UUID) -> None:
    ties[_root(ties, one)] = _root(ties, other)
