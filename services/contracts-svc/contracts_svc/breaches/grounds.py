from enum import StrEnum


class Ground(StrEnum):
    """What a breach is about (domain/contracts.md 7, seeds)."""

    LICENCE_LAPSE = "licence-lapse"
    ACCREDITATION_LOSS = "accreditation-loss"
    PTAN_REVOKED = "ptan-revoked"
    REFUSAL_TO_FURNISH = "refusal-to-furnish"
    NON_ASSIGNMENT = "non-assignment"
    FORM_C_FAILURE = "form-c-failure"
    SUBCONTRACT_NONDISCLOSURE = "subcontract-nondisclosure"
    CHOW_NOT_REPORTED = "chow-not-reported"
    BRAND_RULE = "brand-rule"
    BENEFICIARY_NOTICE = "beneficiary-notice"
    OTHER = "other"


def ground_of(word: str) -> Ground:
    """Return the ground of a suspicion; a word that is not known here yet is another ground."""
    return Ground(word) if word in set(Ground) else Ground.OTHER
