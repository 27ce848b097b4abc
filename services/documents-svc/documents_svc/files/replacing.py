"""Which version of a file counts: the last one that was accepted. All are kept (documents.md 1)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.slots.slot import Slot
from documents_svc.slots.verdict import Verdict


def replace_older(slot: Slot, files: Collection[UploadedFile], at: datetime) -> None:
    """Let the last accepted version replace those received before it; in a slot for one file all files are versions.

    The last one counts and all are kept (documents.md 1). A late file never replaces one that was in time; a rejected
    file replaces nothing.
    """
    lines: dict[UUID, list[UploadedFile]] = {}
    for file in files:
        lines.setdefault(slot.id if slot.max_files == 1 else file.first_version, []).append(file)
    for versions in lines.values():
        _replace_older(versions, at)


def _replace_older(versions: Collection[UploadedFile], at: datetime) -> None:
    accepted = [file for file in versions if file.state is FileState.ACCEPTED]
    in_time = [file for file in accepted if file.verdict is Verdict.IN_TIME]
    if not accepted:
        return
    last = max(in_time or accepted, key=lambda file: (file.received_at, file.id))
    for file in versions:
        earlier = (file.received_at, file.id) < (last.received_at, last.id)
        as_good = last.verdict is Verdict.IN_TIME or file.verdict is not Verdict.IN_TIME
        if file.is_standing and earlier and as_good:
            file.supersede(last, at)


def standing(files: Iterable[UploadedFile]) -> int:
    """Count the files of a slot that count, or may still."""
    return sum(file.is_standing for file in files)
