from chassis.signature import Statement

SUBCONTRACT_CERTIFICATION = Statement(
    "subcontract-certification",
    1,
    "I certify that this disclosure of a subcontracting arrangement is true and complete, that the address is where "
    "the services are performed, and that no subcontractor named here is excluded from federal health care programs.",
    needs_name=True,
)
"""What is certified with every disclosure (contracts.md 5)."""
