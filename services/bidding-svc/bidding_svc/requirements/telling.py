"""What a requirement says: to documents-svc about its upload slot, to notices-svc about what is to be done."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bidding_svc.requirements.lifecycle import UPLOAD
from bidding_svc.requirements.received_file import ReceivedFile
from chassis.calendar import in_time
from events.requirements import FileTaken, RequirementOpened, RequirementReceived, RequirementRescheduled, SlotRequested

if TYPE_CHECKING:
    from bidding_svc.requirements.requirement import Requirement

STAFF_READ = "staff.document.view"
PDF = "application/pdf"
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20
LATE_MINUTES = 60


def about(requirement: "Requirement") -> dict[str, Any]:
    """What every event about a requirement tells."""
    return {
        "requirement_id": requirement.id,
        "organization_id": requirement.organization_id,
        "round_code": requirement.round_code,
        "document": requirement.document,
    }


def slot_requested(requirement: "Requirement", late_minutes: int = LATE_MINUTES) -> SlotRequested:
    """Ask documents-svc for the slot by the times asked for last."""
    return SlotRequested(
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=requirement.organization_id,
        upload_permission=UPLOAD,
        read_permission="document.view",
        staff_read_permission=STAFF_READ,
        label=requirement.label,
        accepted_types=(PDF,),
        max_bytes=MOST_BYTES,
        max_files=MOST_FILES,
        opens_at=requirement.asked_opens_at,
        closes_at=requirement.asked_closes_at,
        late_minutes=late_minutes,
        document=requirement.document,
        cba_code=requirement.cba_code,
        withheld_because=requirement.withheld_because,
        records=requirement.round_code,
    )


def opened(requirement: "Requirement") -> RequirementOpened:
    """Tell that it is asked for."""
    return RequirementOpened(
        **about(requirement),
        label=requirement.label,
        covered=requirement.covered,
        slot_id=requirement.slot_id,
        permission=UPLOAD,
        due_at=requirement.due_at,
        cdrd_at=requirement.cdrd_at,
    )


def file_taken(requirement: "Requirement", file: ReceivedFile) -> FileTaken:
    """Answer documents-svc that a file is taken note of."""
    return FileTaken(
        file_id=file.file_id,
        slot_id=requirement.slot_id,
        organization_id=requirement.organization_id,
        taken_by_subject=f"requirement:{requirement.id}",
    )


def received(requirement: "Requirement", file: ReceivedFile) -> RequirementReceived:
    """Tell that a file arrived in time."""
    return RequirementReceived(
        **about(requirement),
        label=requirement.label,
        file_id=file.file_id,
        received_at=file.received_at,
        by_cdrd=in_time(file.received_at, requirement.cdrd_at),
    )


def rescheduled(requirement: "Requirement", at: datetime) -> RequirementRescheduled:
    """Tell whoever shows when it is due."""
    return RequirementRescheduled(
        **about(requirement), due_at=requirement.due_at, cdrd_at=requirement.cdrd_at, rescheduled_at=at
    )
