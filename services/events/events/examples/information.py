from datetime import UTC, datetime

from events import information
from events.examples import _story as story

ASKED = datetime(2021, 3, 9, 15, 0, tzinfo=UTC)
DUE = datetime(2021, 4, 9, 0, 59, 59, tzinfo=UTC)  # 8:59:59 p.m. Eastern on 8 April

EXAMPLES = (
    information.InformationRequested(
        filing="location-change",
        filing_id=story.LINE,
        organization_id=story.ORGANIZATION,
        label="Answer about adding PTAN 9000000004, contract R2021-000007",
        permission="location_change.submit",
        due_at=DUE,
        requested_at=ASKED,
    ),
    information.InformationSettled(
        filing="location-change",
        filing_id=story.LINE,
        organization_id=story.ORGANIZATION,
        answered=True,
        settled_at=ASKED,
    ),
)
