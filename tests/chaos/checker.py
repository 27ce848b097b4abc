"""Whether every receipt was kept: one requirement update and one activity entry for each, and nothing besides."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.evidence import (
    ACTIVITY_ROW,
    ANNOUNCED,
    ANSWERED,
    LISTED,
    SHOWN,
    TOLD,
    UPDATE,
    UPDATE_ROW,
    Evidence,
)
from tests.chaos.ledger import Receipt

ONCE = (ANNOUNCED, ANSWERED, UPDATE_ROW, TOLD, ACTIVITY_ROW, SHOWN, LISTED)
"""What every receipted file has exactly once. A file in time has a requirement update besides, a late one has none."""
IN_TIME = "in-time"


@dataclass
class Judgement:
    """How many receipts lost or doubled something, with a sentence for each."""

    receipts: int
    lost: int = 0
    doubled: int = 0
    sentences: list[str] = field(default_factory=list)


def judge(receipts: Iterable[Receipt], seen: Evidence) -> Judgement:
    """Compare receipts with what was seen from outside. A receipt counts once as lost, and once as doubled."""
    kept = list(receipts)
    judgement = Judgement(len(kept))
    for receipt in kept:
        missing, double = _effects(receipt, seen)
        strays = [file for file in seen.files[receipt.submission] if file != receipt.file_id]
        if strays:
            double.append(f"file for the same submission: {', '.join(strays)}")
        if seen.digests.get(receipt.file_id, receipt.sha256) != receipt.sha256:
            missing.append("its own bytes: another SHA-256 is kept")
        judgement.lost += bool(missing)
        judgement.doubled += bool(double)
        judgement.sentences += [f"{receipt.submission} ({receipt.file_id}) has no {what}" for what in missing]
        judgement.sentences += [f"{receipt.submission} ({receipt.file_id}) has one more {what}" for what in double]
    return judgement


def unreceipted(receipts: Iterable[Receipt], seen: Evidence) -> list[str]:
    """Return the ids of files that are kept, and for which no sender got a receipt."""
    known = {receipt.file_id for receipt in receipts}
    doubles = {receipt.submission for receipt in receipts}
    return [file for name, files in seen.files.items() if name not in doubles for file in files if file not in known]


def _effects(receipt: Receipt, seen: Evidence) -> tuple[list[str], list[str]]:
    expected = dict.fromkeys(ONCE, 1) | {UPDATE: int(receipt.verdict == IN_TIME)}
    counts = {effect: seen.effects[effect][receipt.file_id] for effect in expected}
    missing = [effect for effect, times in expected.items() if counts[effect] < times]
    double = [effect for effect, times in expected.items() if counts[effect] > times]
    return missing, double
