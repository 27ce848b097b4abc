"""Which documents a bidder is asked for: by rule set and by what its Form A says (domain/documents.md 2, 2.1, 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bidding_svc.form_a.content import Content
from bidding_svc.form_a.fields import NETWORK
from bidding_svc.requirements.asked import Asked
from bidding_svc.requirements.reference import Paper, Variation, documents
from events.rule_set import RuleSet


def documents_asked(rules: RuleSet, form_a: Content | None = None) -> list[Asked]:
    """Return what a bidder is to send, bonds apart; without a Form A, what the rule set asks of everybody."""
    asked = [Asked.by_rules(document) for document in rules.required_financial_docs]
    if form_a is None:
        return asked
    own = list(_varied(asked, form_a.business))
    if form_a.business.get("bidding_as") != NETWORK:
        return own
    return [*own, *_of_network(), *_of_members(asked, form_a.members)]


def _varied(asked: list[Asked], business: Mapping[str, Any]) -> Iterator[Asked]:
    """What the answers of the business section make of it (domain/documents.md 3)."""
    for variation in documents().variations:
        if business.get(variation.field) == variation.answer:
            asked = _vary(asked, variation)
    yield from asked


def _vary(asked: list[Asked], variation: Variation) -> list[Asked]:
    by_code = {each.document for each in asked}
    kept = [
        replace(each, hint=" ".join(filter(None, (each.hint, variation.hints.get(each.document)))))
        for each in asked
        if each.document not in variation.leaves_out
    ]
    return kept + [_paper(paper) for paper in variation.adds if paper.with_document in by_code]


def _of_network() -> Iterator[Asked]:
    """The legal contract among the members (42 CFR 414.418)."""
    return (_paper(paper) for paper in documents().network)


def _of_members(asked: list[Asked], members: Mapping[str, Mapping[str, Any]]) -> Iterator[Asked]:
    """Each member's certification, and what the rule set asks of a bidder of each member too."""
    for ptan, member in sorted(members.items()):
        name = member.get("name") or f"PTAN {ptan}"
        for each in (*(_paper(paper) for paper in documents().network_member), *asked):
            yield replace(each, label=f"{each.label}: {name}", member=ptan)


def _paper(paper: Paper) -> Asked:
    return Asked(paper.code, paper.label, paper.hint, covered=paper.covered)
