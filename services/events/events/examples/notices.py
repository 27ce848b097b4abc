from typing import Any

from events import notices
from events.examples import _story as story
from events.notice_fields import NoticeSubject

NOTICE: dict[str, Any] = {
    "notice_id": story.NOTICE,
    "organization_id": story.ORGANIZATION,
    "round_code": "R2021",
    "notice_type": "cdrd",
    "about": NoticeSubject(kind="review", id=story.REVIEW),
}

EXAMPLES = (
    notices.TodoOpened(
        todo_id=story.TODO,
        organization_id=story.ORGANIZATION,
        kind="upload-document",
        about=story.SLOT_SUBJECT,
        permission="document.upload",
        opened_at=story.WINDOW_OPENS,
        due_at=story.WINDOW_CLOSES,
    ),
    notices.TodoClosed(todo_id=story.TODO, organization_id=story.ORGANIZATION, closed_at=story.RECEIVED),
    notices.ActivityRecorded(
        activity_id=story.ACTIVITY,
        organization_id=story.ORGANIZATION,
        kind="document-received",
        about=story.SLOT_SUBJECT,
        permission="document.view",
        occurred_at=story.RECEIVED,
    ),
    notices.NoticeReturned(**NOTICE, returned_at=story.REVIEWED),
    notices.NoticeIssued(**NOTICE, issued_at=story.NOTICED, due_at=story.NOTICE_DUE),
    notices.NoticeViewed(**NOTICE, viewed_at=story.ANSWERED),
    notices.NoticeResponded(
        **NOTICE,
        response_id=story.RESPONSE,
        receipt_number="N-2019-000001-1",
        responded_at=story.ANSWERED,
        has_text=True,
        files=(
            notices.RespondedFile(
                file_id=story.FILE,
                slot_id=story.SLOT,
                sha256=story.DIGEST,
                size=48_211,
                received_at=story.ANSWERED,
                receipt=story.SIGNED,
            ),
        ),
    ),
    notices.NoticeOverdue(**NOTICE, overdue_at=story.NOTICE_DUE),
    notices.NoticeRescinded(**NOTICE, replaced_by=None, rescinded_at=story.ANSWERED),
)
