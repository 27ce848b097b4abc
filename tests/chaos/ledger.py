"""Every receipt that was given, written down the moment it came: what the checker holds the platform to."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Receipt:
    """What a sender was told about one submission."""

    fault: str
    submission: str
    """The sender's own id, which is also the file's name: two files of one submission are a double."""
    user_id: str
    slot_id: str
    file_id: str
    sha256: str
    verdict: str
    jws: str


class Ledger:
    """The receipts of a run, in memory and in a file that survives it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.receipts: list[Receipt] = []

    def note(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        self.receipts.append(receipt)
        with self._file.open("a") as lines:
            lines.write(json.dumps(asdict(receipt)) + "\n")

    def of(self, fault: str) -> list[Receipt]:
        """Return the receipts that were given while a fault was tried."""
        return [receipt for receipt in self.receipts if receipt.fault == fault]
