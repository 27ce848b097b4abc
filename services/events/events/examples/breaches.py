from datetime import UTC, date, datetime

from events import breaches
from events.examples import _story as story

EXAMPLES = (
    breaches.SupplierPrecluded(
        preclusion_id=story.REVIEW,
        contract_id=story.CONTRACT,
        contract_number="R2021-000123",
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        precluded_from="R2028",
        effective_on=date(2022, 7, 1),
        precluded_at=datetime(2022, 7, 1, 4, tzinfo=UTC),
    ),
)
