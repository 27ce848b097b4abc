from chassis.signature import Statement

TRANSFER_CERTIFICATION = Statement(
    "transfer-certification",
    1,
    "I am an authorized official of this organization. I certify that this notice of a change of ownership is true and "
    "complete. I know that a change of ownership transfers no contract by itself, and that the contract supplier stays "
    "responsible for the contract until CMS has signed the novation.",
    needs_name=True,
)
"""What an official certifies with a request to transfer a contract."""

NOVATION_SIGNATURE = Statement(
    "novation-signature",
    1,
    "For CMS I sign this novation. The successor assumes all obligations of the contract, or of the part of it that is "
    "named here, from today on.",
)
"""What a contracting officer signs to complete a transfer."""
