"""The words of records, legal holds and disposals."""

from portal.meanings import Status

HOLDS: dict[str, Status] = {
    "IN_FORCE": Status("todo", "lock", "In force"),
    "LIFTED": Status("quiet", "history", "Lifted"),
}
DISPOSALS: dict[str, Status] = {
    "PROPOSED": Status("todo", "flag", "Waits for approval"),
    "APPROVED": Status("busy", "schedule", "Being carried out"),
    "WITHDRAWN": Status("quiet", "remove", "Withdrawn"),
    "DONE": Status("good", "check_circle", "Done"),
}
GOES = Status("todo", "delete", "Would go")
KEPT = Status("good", "lock", "Held")
OTHER_DOCUMENTS = "Other documents"


def of_document(code: str) -> str:
    """Name a kind of document by its code, such as `business-credit-report`."""
    return code.replace("-", " ").capitalize() if code else OTHER_DOCUMENTS
