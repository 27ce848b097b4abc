from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Why a bid is disqualified (domain/bidding.md 4.7)."""

    FORM_A_NOT_APPROVED = "FORM_A_NOT_APPROVED"
    FORM_B_NOT_CERTIFIED = "FORM_B_NOT_CERTIFIED"
    FIN_DOC_MISSING = "FIN_DOC_MISSING"
    BOND_MISSING = "BOND_MISSING"
    BOND_UNACCEPTABLE = "BOND_UNACCEPTABLE"
    PTAN_INACTIVE = "PTAN_INACTIVE"
    NOT_ACCREDITED = "NOT_ACCREDITED"
    NOT_LICENSED = "NOT_LICENSED"
    COMMON_OWNERSHIP = "COMMON_OWNERSHIP"
    PRECLUDED = "PRECLUDED"
    NOT_BONA_FIDE = "NOT_BONA_FIDE"
    FINANCIAL_BELOW_MINIMUM = "FINANCIAL_BELOW_MINIMUM"
    NETWORK_RULE = "NETWORK_RULE"
    DISCLOSURE_OR_EXCLUSION = "DISCLOSURE_OR_EXCLUSION"
    BID_ABOVE_LIMIT = "BID_ABOVE_LIMIT"

    @property
    def code(self) -> str:
        """As events write it: lower-case words with hyphens."""
        return self.value.lower().replace("_", "-")


WORDS: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.FORM_A_NOT_APPROVED: (
            "Form A was not approved",
            "An authorized official had not approved Form A when the bid window closed.",
        ),
        Reason.FORM_B_NOT_CERTIFIED: (
            "Form B was not certified",
            "An authorized official had not certified this bid when the bid window closed.",
        ),
        Reason.FIN_DOC_MISSING: (
            "A required financial document is missing",
            "A document that the round required was not received in time.",
        ),
        Reason.BOND_MISSING: (
            "The bid surety bond is missing",
            "No bid surety bond for this area was received before the bid window closed.",
        ),
        Reason.BOND_UNACCEPTABLE: (
            "The bid surety bond is not acceptable",
            "The bond for this area lacks an element that 42 CFR 414.412(g) requires.",
        ),
        Reason.PTAN_INACTIVE: (
            "A location was not actively enrolled",
            "The PTAN of a location of this bid was not active when the bid window closed.",
        ),
        Reason.NOT_ACCREDITED: (
            "A location was not accredited",
            "A location of this bid was not accredited for the product category when the bid window closed.",
        ),
        Reason.NOT_LICENSED: (
            "A required license was not held",
            "A state license needed for this bid was not held when the bid window closed.",
        ),
        Reason.COMMON_OWNERSHIP: (
            "Commonly owned suppliers bid against each other",
            "Suppliers under common ownership or control may submit one bid in a competition.",
        ),
        Reason.PRECLUDED: (
            "The supplier was excluded",
            "The supplier was excluded from federal health care programs when the bid window closed.",
        ),
        Reason.NOT_BONA_FIDE: (
            "The bid amount was not substantiated",
            "It was not shown that the amount covers the cost of furnishing the items of the category.",
        ),
        Reason.FINANCIAL_BELOW_MINIMUM: (
            "The financial standard was not met",
            "The financial score is below the minimum of the round.",
        ),
        Reason.NETWORK_RULE: (
            "A rule for networks was not kept",
            "A network and its member, or two networks with one member, bid in this competition.",
        ),
        Reason.DISCLOSURE_OR_EXCLUSION: (
            "A disclosure stands against this bid",
            "A legal action, sanction, revocation or exclusion stands against the supplier.",
        ),
        Reason.BID_ABOVE_LIMIT: (
            "The bid amount is above the bid limit",
            "The amount for the lead item is above the limit that CMS published for this area.",
        ),
    }
)
"""What a bidder reads of each reason: a label, and an explanation."""
