from chassis.signature import Statement

PLAN_CERTIFICATION = Statement(
    "breach-answer-certification",
    1,
    "I certify that what is sent here about the breach notice is true and complete, and that I am authorized to answer "
    "for the contract supplier.",
    needs_name=True,
)
"""What is certified with a corrective action plan, a follow-up report and the proof that beneficiaries were told."""

HEARING_CERTIFICATION = Statement(
    "hearing-request-certification",
    1,
    "I request a hearing about the breach notice, as an authorized official of the contract supplier, and certify that "
    "the evidence sent with this request is true and complete.",
    needs_name=True,
)
"""What is certified with a request for a hearing, which an authorized official makes in writing (42 CFR 414.423)."""
