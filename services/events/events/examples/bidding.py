from events import bidding
from events.examples import _story as story

DOCUMENT = "credit-report"
LABEL = "Credit report with a numerical score or rating"

EXAMPLES = (
    bidding.BidderNumbered(
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        bidder_number="1000234",
        numbered_at=story.WINDOW_OPENS,
    ),
    bidding.RequirementOpened(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        label=LABEL,
        covered=True,
        slot_id=story.SLOT,
        permission="document.upload",
        due_at=story.WINDOW_CLOSES,
        cdrd_at=story.CDRD,
    ),
    bidding.SlotRequested(
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        upload_permission="document.upload",
        read_permission="document.view",
        staff_read_permission="staff.document.view",
        label=LABEL,
        accepted_types=("application/pdf",),
        max_bytes=50 * 1024 * 1024,
        max_files=20,
        opens_at=story.WINDOW_OPENS,
        closes_at=story.WINDOW_CLOSES,
    ),
    bidding.FileTaken(
        file_id=story.FILE,
        slot_id=story.SLOT,
        organization_id=story.ORGANIZATION,
        taken_by_subject=story.SLOT_SUBJECT,
    ),
    bidding.RequirementReceived(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        label=LABEL,
        file_id=story.FILE,
        received_at=story.RECEIVED,
        by_cdrd=True,
    ),
    bidding.RequirementFulfilled(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        fulfilled_at=story.RECEIVED,
    ),
    bidding.RequirementReopened(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        reopened_at=story.RECEIVED,
    ),
)
