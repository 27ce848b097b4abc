from events import contract_documents
from events.examples import _story as story

SUBJECT = "transfer-document:016c3c9e-0c00-7a1b-8f00-000000000018"

EXAMPLES = (
    contract_documents.SlotRequested(
        slot_id=story.SLOT,
        slot_subject=SUBJECT,
        organization_id=story.ORGANIZATION,
        upload_permission="transfer.submit",
        read_permission="transfer.view",
        staff_read_permission="staff.document.contract.view",
        label="Signed novation agreement",
        accepted_types=("application/pdf",),
        max_bytes=50 * 1024 * 1024,
        max_files=10,
        opens_at=story.WINDOW_OPENS,
        closes_at=story.WINDOW_CLOSES,
        late_minutes=0,
        asked_by="contract",
    ),
    contract_documents.FileTaken(
        file_id=story.FILE,
        slot_id=story.SLOT,
        organization_id=story.ORGANIZATION,
        taken_by_subject=SUBJECT,
    ),
)
