from dataclasses import dataclass


@dataclass(frozen=True)
class Rejection:
    """Why a file is not accepted: the code of the check, and a sentence that says what to do."""

    code: str
    reason: str


MALWARE = Rejection(
    "UPL-05", "The scanner found malware in the file. Do not open it; clean your computer and make it anew."
)
