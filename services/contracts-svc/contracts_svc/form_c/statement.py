from chassis.signature import Statement

FORM_C_CERTIFICATION = Statement(
    "form-c-certification",
    1,
    "I certify that this report names the manufacturers, models and model numbers of the items this organization plans "
    "to furnish under its contract in the reporting period, that it is true and complete, and that the products are "
    "coded correctly.",
    needs_name=True,
)
"""What is certified with every Form C report, also with one that was copied (contracts.md 6)."""
