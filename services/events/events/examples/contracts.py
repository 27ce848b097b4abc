from datetime import UTC, date, datetime

from events import contracts
from events.examples import _story as story

EXAMPLES = (
    contracts.ContractState(
        contract_id=story.CONTRACT,
        contract_number="R2021-000123",
        organization_id=story.ORGANIZATION,
        legal_business_name=story.COMPANY,
        round_code="R2021",
        status="active",
        version=2,
        starts_on=date(2021, 1, 1),
        ends_on=date(2023, 12, 31),
        lines=(
            contracts.ContractLine(
                cba="baltimore-columbia-towson-md",
                category="OTSB",
                locations=(contracts.ContractLocation(ptan=story.PTAN, effective_from=date(2021, 1, 1)),),
            ),
        ),
        changed_at=datetime(2021, 3, 2, 15, 4, 5, tzinfo=UTC),
    ),
)
