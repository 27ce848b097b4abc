"""What must hold before Form A is approved. Each rule is a function that returns what breaks it."""

from collections.abc import Callable, Iterator

from bidding_svc.form_a.content import Content
from bidding_svc.form_a.fields import MULTIPLE, NETWORK, SINGLE
from bidding_svc.forms.problem import FormProblem, Weight
from events.rule_set import RuleSet

Rule = Callable[[Content, RuleSet], Iterator[FormProblem]]


def locations_fit_how_you_bid(content: Content, _rules: RuleSet) -> Iterator[FormProblem]:
    """A single location is one PTAN; a bidder with multiple locations names two or more."""
    how, count = content.business.get("bidding_as"), len(content.locations)
    if how == SINGLE and count > 1:
        yield _about(
            "locations", "LOCATIONS", "You bid as a single location: name one location, or change how you bid."
        )
    if how == MULTIPLE and count < 2:
        yield _about("locations", "LOCATIONS", "You bid with multiple locations: name at least two of them.")
    if how in {SINGLE, NETWORK} and count == 0:
        yield _about("locations", "LOCATIONS", "Name the location that would furnish items.")


def a_network_has_its_members(content: Content, rules: RuleSet) -> Iterator[FormProblem]:
    """A network has as many members as the rule set says, and one of them is the primary (42 CFR 414.418)."""
    count, networks = len(content.members), rules.networks
    if content.business.get("bidding_as") != NETWORK:
        if count:
            yield _about("members", "NETWORK", "Only a network names members: remove them, or change how you bid.")
        return
    if not networks.size_min <= count <= networks.size_max:
        yield _about(
            "members", "NETWORK", f"A network has {networks.size_min} to {networks.size_max} members; you name {count}."
        )
    if sum(member.get("primary") is True for member in content.members.values()) != 1:
        yield _about("members", "NETWORK", "Name exactly one member as the primary one.")


def network_members_are_small_suppliers(content: Content, rules: RuleSet) -> Iterator[FormProblem]:
    """Each member is a small supplier that cannot serve the whole area alone (42 CFR 414.418)."""
    for ptan, member in content.members.items():
        if member.get("gross_receipts", 0) > rules.small_supplier_revenue:
            limit = f"{rules.small_supplier_revenue / 100:,.2f}"
            yield _about(f"members.{ptan}.gross_receipts", "NETWORK", f"A member's receipts are at most ${limit}.")
        if member.get("cannot_serve_alone") is False:
            yield _about(
                f"members.{ptan}.cannot_serve_alone",
                "NETWORK",
                "A member certifies that it cannot serve the whole area alone. Remove a member that can.",
            )


def a_small_supplier_is_under_the_limit(content: Content, rules: RuleSet) -> Iterator[FormProblem]:
    """A small supplier has gross receipts up to the limit of the rule set (42 CFR 414.402)."""
    business = content.business
    if business.get("small_supplier") is True and business.get("gross_receipts", 0) > rules.small_supplier_revenue:
        limit = f"{rules.small_supplier_revenue / 100:,.2f}"
        yield _about(
            "business.gross_receipts",
            "SMALL-SUPPLIER",
            f"With receipts above ${limit} you are no small supplier: answer no, or correct the amount.",
        )


def disclosures_are_certified(content: Content, _rules: RuleSet) -> Iterator[FormProblem]:
    """The disclosures are complete and true for everybody they cover."""
    if content.disclosures.get("complete") is False:
        yield _about("disclosures.complete", "DISCLOSURES", "Complete the disclosures, then answer yes here.")


def an_ownership_share_counts_from_the_threshold(content: Content, rules: RuleSet) -> Iterator[FormProblem]:
    """A link below the threshold of common ownership is told, and does not make a group (42 CFR 414.402)."""
    for key, link in content.links.items():
        share = link.get("share")
        if share is not None and share < rules.ownership_threshold:
            percent = f"{rules.ownership_threshold * 100:f}".rstrip("0").rstrip(".")
            yield _about(
                f"links.{key}.share",
                "BID-05",
                f"Below {percent} percent this link makes no common ownership. Keep it only if you mean to tell it.",
                Weight.WARNING,
            )


RULES: tuple[Rule, ...] = (
    locations_fit_how_you_bid,
    a_network_has_its_members,
    network_members_are_small_suppliers,
    a_small_supplier_is_under_the_limit,
    disclosures_are_certified,
    an_ownership_share_counts_from_the_threshold,
)


def problems_of(content: Content, rules: RuleSet) -> list[FormProblem]:
    """Return everything that is not right yet, unreadable answers first."""
    return [*content.unread, *(problem for rule in RULES for problem in rule(content, rules))]


def _about(path: str, code: str, message: str, weight: Weight = Weight.ERROR) -> FormProblem:
    return FormProblem.model_validate({"path": path, "code": code, "message": message, "weight": weight})
