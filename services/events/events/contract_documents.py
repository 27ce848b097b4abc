"""What contracts-svc says of the documents it needs under a contract: of a transfer, of a breach case."""

from typing import ClassVar

from events.contracts import STREAM
from events.slots import FileNoted, SlotAsked


class SlotRequested(SlotAsked):
    """contracts-svc needs a file of an organization: a slot is to be open for it.

    Said by contracts-svc. Heard by documents-svc.
    """

    TYPE: ClassVar[str] = "connexion.contracts.slot-requested.v1"
    TOPIC: ClassVar[str] = STREAM


class FileTaken(FileNoted):
    """contracts-svc has taken note of a file received in a slot of its own.

    Said by contracts-svc. Heard by documents-svc.
    """

    TYPE: ClassVar[str] = "connexion.contracts.file-taken.v1"
    TOPIC: ClassVar[str] = STREAM


EVENTS = (SlotRequested, FileTaken)
