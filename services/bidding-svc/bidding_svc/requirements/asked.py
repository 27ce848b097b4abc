"""What a bidder is asked for: by the round's rule set, by what Form A says, and for each area it bids in."""

from dataclasses import dataclass

from events.rule_set import FinancialDocument

BOND = "bid-surety-bond"

Key = tuple[str, str | None, str | None]
"""Document, PTAN of the network member whose it is, area it is for."""


@dataclass(frozen=True)
class Asked:
    """A document a bidder is to send. `member`: the PTAN of the network member whose it is; `cba_code`: for one area.

    `covered`: whether a missing one is told after the close (42 CFR 414.414(d)). `stands_in_for`: see
    `FinancialDocument`.
    """

    document: str
    label: str
    hint: str = ""
    covered: bool = True
    stands_in_for: str | None = None
    member: str | None = None
    cba_code: str | None = None

    @classmethod
    def by_rules(cls, document: FinancialDocument) -> "Asked":
        """What the rule set asks of every bidder of the round."""
        return cls(document.code, document.label, document.hint, stands_in_for=document.stands_in_for)

    @property
    def key(self) -> Key:
        """What makes it one requirement of a bidder, however its words change."""
        return self.document, self.member, self.cba_code
