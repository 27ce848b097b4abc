"""The sheet an analyst keys beside the documents: figures, the credit score, and what was found of each document."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from bidding_svc.scores.credit import CreditReport, normalised, scale_for
from bidding_svc.scores.figures import FIGURES, STATEMENT_OF, Figures
from bidding_svc.scores.methods import CREDIT_REPORTS
from bidding_svc.scores.reasons import REASONS
from bidding_svc.scores.subject import Judged, Subject, Verdict
from chassis.errors import FieldProblem, Invalid
from events.rule_set import RuleSet

Dollars = Annotated[
    Decimal, Field(max_digits=16, decimal_places=2, allow_inf_nan=False), PlainSerializer(str, return_type=str)
]


class SheetNotReady(Invalid):
    """The sheet is not complete. Mend the fields named here."""


class Finding(BaseModel):
    """What was found of one document; each reason is a code of its list."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    reasons: Annotated[tuple[str, ...], Field(max_length=12)] = ()


class Credit(BaseModel):
    """The score a credit report shows, as it is written there."""

    model_config = ConfigDict(frozen=True)

    score_type: Annotated[str, Field(max_length=40)]
    score: Annotated[str, Field(max_length=20)]


class ScoreSheet(BaseModel):
    """All that a score is made of. Figures are dollars; one that is on no acceptable statement is left away."""

    model_config = ConfigDict(frozen=True)

    figures: Annotated[dict[str, Dollars], Field(max_length=30)] = {}
    credit: Credit | None = None
    documents: Annotated[dict[str, Finding], Field(max_length=20)] = {}

    def require_ready(self, rules: RuleSet) -> None:
        """Raise `SheetNotReady` with everything that is missing or wrong for the method of the round."""
        if found := [FieldProblem(path, message) for path, message in self._problems(rules)]:
            raise SheetNotReady(fields=found)

    def subject(self, name: str, rules: RuleSet) -> Subject:
        """Return who is scored by this sheet; figures of an unacceptable statement count for nothing."""
        return Subject(
            name,
            documents={code: Judged(each.verdict, each.reasons) for code, each in self.documents.items()},
            figures=Figures(**{figure: self.figures.get(figure, Decimal(0)) for figure in FIGURES})
            if rules.financial_method == "ratios_80_credit_20"
            else None,
            credit=CreditReport(self.credit.score_type, self.credit.score) if self.credit else None,
        )

    def _problems(self, rules: RuleSet) -> Iterator[tuple[str, str]]:
        yield from self._documents_at_fault(rules)
        if rules.financial_method == "ratios_80_credit_20":
            yield from self._figures_at_fault()
        yield from self._credit_at_fault(rules)

    def _documents_at_fault(self, rules: RuleSet) -> Iterator[tuple[str, str]]:
        asked = {document.code: document for document in rules.required_financial_docs}
        for code, document in asked.items():
            if code not in self.documents and document.stands_in_for is None:
                yield f"documents.{code}", "Say whether this document is acceptable."
        for code, finding in self.documents.items():
            if code not in asked:
                yield f"documents.{code}", "The round does not ask this document."
            elif unknown := set(finding.reasons) - set(REASONS.get(code, {})):
                yield f"documents.{code}", f"These are no reasons for this document: {', '.join(sorted(unknown))}."
            elif (finding.verdict is Verdict.UNACCEPTABLE) != bool(finding.reasons):
                yield f"documents.{code}", "Give the reasons of an unacceptable document, and of no other."

    def _figures_at_fault(self) -> Iterator[tuple[str, str]]:
        for name in FIGURES:
            if name not in self.figures and self._counts(STATEMENT_OF[name]):
                yield f"figures.{name}", "Key this figure from its statement."
        for name in sorted(self.figures.keys() - set(FIGURES)):
            yield f"figures.{name}", "No ratio is made of this figure."

    def _credit_at_fault(self, rules: RuleSet) -> Iterator[tuple[str, str]]:
        if self.credit is None:
            if any(self._counts(code) for code in self.documents.keys() & CREDIT_REPORTS):
                yield "credit", "Key the score the credit report shows."
            return
        report = CreditReport(self.credit.score_type, self.credit.score)
        try:
            normalised(report, scale_for(report, rules.scoring.credit_scales))
        except Invalid as wrong:
            yield f"credit.{wrong.fields[0].path}", wrong.detail

    def _counts(self, document: str) -> bool:
        finding = self.documents.get(document)
        return finding is not None and finding.verdict is Verdict.ACCEPTABLE
