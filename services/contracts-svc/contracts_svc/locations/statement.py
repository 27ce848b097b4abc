from chassis.signature import Statement

LOCATION_CERTIFICATION = Statement(
    "location-change-certification",
    1,
    "I am an authorized official of this organization. I certify that this request is true and complete, and I know "
    "that a new location may not furnish items under the contract until CMS confirms it.",
    needs_name=True,
)
"""What an official certifies with a request to add, remove or move a location."""
