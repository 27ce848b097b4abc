from events import documents
from events.examples import _story as story

EXAMPLES = (
    documents.SlotOpened(
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        opens_at=story.WINDOW_OPENS,
        closes_at=story.WINDOW_CLOSES,
    ),
    documents.DocumentReceived(
        file_id=story.FILE,
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        sha256=story.DIGEST,
        size=483_201,
        started_at=story.STARTED,
        received_at=story.RECEIVED,
        verdict="in-time",
        receipt=story.SIGNED,
    ),
    documents.DocumentAccepted(
        file_id=story.FILE,
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        accepted_at=story.ACCEPTED,
    ),
    documents.DocumentRejected(
        file_id=story.FILE,
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        code="UPL-03",
        reason="This PDF is protected by a password. Save it without one and upload it again.",
        rejected_at=story.ACCEPTED,
    ),
    documents.DocumentSuperseded(
        file_id=story.FILE,
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        superseded_by=story.LATER_FILE,
        superseded_at=story.LATER,
    ),
    documents.SlotSettled(
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        closes_at=story.WINDOW_CLOSES,
        settled_at=story.SETTLED,
        files=(
            documents.SettledFile(
                file_id=story.FILE, received_at=story.RECEIVED, verdict="in-time", state="superseded"
            ),
            documents.SettledFile(
                file_id=story.LATER_FILE, received_at=story.LATER, verdict="in-time", state="accepted"
            ),
        ),
    ),
    documents.SigningKeyPublished(kid="receipt-2019-07", public_jwk=story.JWK, not_before=story.WINDOW_OPENS),
)
