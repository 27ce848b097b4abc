from chassis.signature import Statement

FORM_B_CERTIFICATION = Statement(
    "form-b-certification",
    1,
    "I am an authorized official of this organization. I certify that this bid is true, accurate and complete, that it "
    "was arrived at independently, and that the amount accounts for all costs of furnishing all items of the category.",
)
"""What an official certifies with every Form B."""
