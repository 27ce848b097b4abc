from chassis.signature import Statement

CONTRACT_SIGNATURE = Statement(
    "contract-signature",
    1,
    "I am a contracting officer of the Centers for Medicare & Medicaid Services. I have read the contracts listed here "
    "and sign each of them on behalf of CMS, with the parties, period, competitions, locations and single payment "
    "amounts shown.",
    needs_name=True,
)
"""What a contracting officer signs, for one contract or for a batch."""
