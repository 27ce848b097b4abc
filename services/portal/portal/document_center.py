from dataclasses import dataclass
from typing import Self

from portal import meanings
from portal.frame import Frame
from portal.gateway import Json
from portal.meanings import Status
from portal.times import Deadline

RECENT = 10
"""How many receipts the page lists; all of them have a page of their own."""


@dataclass(frozen=True)
class Row:
    """One required document as the table shows it."""

    requirement: Json
    status: Status
    file: Json | None
    upload: Json | None

    @property
    def is_needed(self) -> bool:
        """Whether it must be met: what stands in for another, is not asked now or was waived need not."""
        needed: bool = self.requirement["needed"]
        return needed

    @property
    def received_at(self) -> str | None:
        """When it arrived: as the requirement's owner says, or the file itself while the owner has not answered."""
        told: str | None = self.requirement["received_at"]
        if told is None and self.file and self.is_received:
            told = self.file["received_at"]
        return told

    @property
    def is_received(self) -> bool:
        """Whether it is shown as received."""
        return self.status.word == meanings.RECEIVED.word

    @property
    def may_upload(self) -> bool:
        """Whether the owner of the requirement lets this person send a file now."""
        return "upload" in self.requirement["allowed_actions"]


@dataclass(frozen=True)
class DocumentCenter:
    """What the Document Center shows: each requirement joined with its slot, its last file and a running upload."""

    rows: list[Row]
    choices: list[Json]
    uploads: list[Json]
    files: list[Json]
    rejected: list[Json]
    replaced: Json | None
    deadlines: list[Deadline]
    certification: Json | None

    @classmethod
    def of(
        cls, frame: Frame, slots: list[Json], uploads: list[Json], files: list[Json], replaced: Json | None = None
    ) -> Self:
        """Join what the services told; `files` come newest first. `replaced`: the file that gets a new version."""
        requirements = frame.requirements["items"] if frame.requirements else []
        running = {upload["slot_id"]: upload for upload in uploads}
        latest: dict[str, Json] = {}
        for file in files:
            latest.setdefault(file["slot_id"], file)
        rows = [_row(requirement, latest, running) for requirement in requirements]
        open_slots = {row.requirement["slot_id"] for row in rows if row.may_upload}
        rejected = [row.file for row in rows if row.file and row.file["state"] == "REJECTED"]
        choices = [slot for slot in slots if slot["id"] in open_slots]
        same_place = [slot for slot in choices if replaced and slot["id"] == replaced["slot_id"]]
        return cls(
            rows=rows,
            choices=same_place or choices,
            uploads=uploads,
            files=files[:RECENT],
            rejected=rejected,
            replaced=replaced if same_place else None,
            deadlines=deadlines_of(frame.round),
            certification=next((slot["certification"] for slot in slots), None),
        )

    @property
    def received(self) -> int:
        """How many of the required documents have arrived."""
        return sum(row.is_received and row.is_needed for row in self.rows)

    @property
    def needed(self) -> int:
        """How many documents are required of this organization."""
        return sum(row.is_needed for row in self.rows)

    @property
    def areas(self) -> list[tuple[str, str]]:
        """The areas that a document may be for (a bond), each with the words to choose it by."""
        return [(slot["cba_code"], slot["label"]) for slot in self.choices if slot["cba_code"]]

    @property
    def something_moves(self) -> bool:
        """Whether loading the table again may show something new."""
        return any(not meanings.of_file(file).settled for file in self.files)


def deadlines_of(entry: Json | None) -> list[Deadline]:
    """Return the two deadlines of a bid window, with what each means, and what it means once it has passed."""
    if entry is None:
        return []
    return [
        Deadline.of(
            "Covered document review date (CDRD)",
            entry["cdrd_at"],
            hint="Send the financial documents by then, and we must tell you which are missing.",
            hint_past="Documents still count until the bid window closes. "
            "But for what was not here by this date, we need not tell you that it is missing.",
        ),
        Deadline.of(
            "Bid window closes",
            entry["closes_at"],
            hint="After this, only documents that a notice asks for are taken.",
            hint_past="Only documents that a notice asks for are taken now.",
        ),
    ]


def _row(requirement: Json, latest: dict[str, Json], running: dict[str, Json]) -> Row:
    slot = requirement["slot_id"]
    file, upload = latest.get(slot), running.get(slot)
    return Row(requirement, meanings.of_requirement(requirement, file, upload), file, upload)
