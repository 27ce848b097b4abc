from chassis.signature import Statement

UPLOAD_CERTIFICATION = Statement(
    "upload-certification",
    1,
    "I certify that I am authorized to upload this document for the organization I am acting for, "
    "and that it is true, complete and what I say it is.",
)
"""What a person certifies under their own user ID with every upload (UPL-09)."""
