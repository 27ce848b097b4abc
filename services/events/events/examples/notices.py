from events import notices
from events.examples import _story as story

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
)
