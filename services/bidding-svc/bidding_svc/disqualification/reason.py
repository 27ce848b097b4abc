from enum import StrEnum


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
