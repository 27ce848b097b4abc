"""What a role is called where only its code is known. The supplier roles are abbreviations; the others speak."""

SUPPLIER = {
    "AO": "Authorized official (AO)",
    "BAO": "Backup authorized official (BAO)",
    "EU": "End user (EU)",
}
NONE = "No role yet"


def name_of(code: str) -> str:
    """Return a role in words: "Authorized official (AO)", "Customer service"."""
    return SUPPLIER.get(code) or code.replace("_", " ").capitalize() or NONE
