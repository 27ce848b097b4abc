from chassis.signature import Statement

FORM_A_APPROVAL = Statement(
    "form-a-approval",
    1,
    "I am an authorized official of this organization. I have read this Form A. I certify that what it says about the "
    "business organization, its locations, its owners and its disclosures, also for directors, officers, affiliates "
    "and subcontractors, is true, accurate and complete.",
    needs_name=True,
)
"""What an official certifies when approving Form A."""
