"""Who is scored: a bidder, or a member of a network, with its figures, its credit report and its documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bidding_svc.scores.credit import CreditReport
from bidding_svc.scores.figures import Figures
from bidding_svc.scores.ratios import Measured, Ratio, Status


class Verdict(StrEnum):
    """What the review of a financial document found (domain/documents.md 7)."""

    ACCEPTABLE = "ACCEPTABLE"
    UNACCEPTABLE = "UNACCEPTABLE"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True)
class Judged:
    """One document as it was judged; `reasons` are the codes of the rules it breaks (FIN-xx, CR-xx)."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """One who is scored on its own. `documents` are judged by code; `figures` may lack where no ratio is asked."""

    name: str
    documents: Mapping[str, Judged] = field(default_factory=dict)
    figures: Figures | None = None
    credit: CreditReport | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Documents that never came: the bid is incomplete, and nothing is scored (domain/documents.md 7)."""
        return tuple(code for code, judged in sorted(self.documents.items()) if judged.verdict is Verdict.MISSING)

    def unacceptable(self, documents: frozenset[str]) -> tuple[str, ...]:
        """Return which of these documents were received and break a rule."""
        return tuple(
            code
            for code in sorted(documents)
            if code in self.documents and self.documents[code].verdict is Verdict.UNACCEPTABLE
        )

    def measure(self, ratio: Ratio) -> Measured:
        """Compute one ratio; an unacceptable document zeroes each ratio that needs it (documents.md 4)."""
        if self.figures is None or self.missing or self.unacceptable(ratio.documents):
            return Measured(Status.ZERO_DOCUMENT)
        return ratio.measure(self.figures)
