from datetime import UTC, date, datetime

from events import contracts
from events.examples import _story as story
from events.notice_fields import Competition, LocationResultFields, LocationRow, NoticeSubject

NUMBER = "R2021-000123"
SIGNED = datetime(2020, 11, 18, 16, 20, tzinfo=UTC)
DECIDED = datetime(2021, 3, 2, 15, 4, 5, tzinfo=UTC)

EXAMPLES = (
    contracts.ContractState(
        contract_id=story.CONTRACT,
        contract_number=NUMBER,
        organization_id=story.ORGANIZATION,
        legal_business_name=story.COMPANY,
        bidder_number="1000234",
        round_code="R2021",
        status="active",
        statuses=(
            contracts.StatusSince(status="executed", since=date(2020, 11, 18)),
            contracts.StatusSince(status="active", since=date(2021, 1, 1)),
        ),
        version=2,
        revision=4,
        starts_on=date(2021, 1, 1),
        ends_on=date(2023, 12, 31),
        lines=(
            contracts.ContractLine(
                line_id=story.LINE,
                cba="baltimore-columbia-towson-md",
                category="OTSB",
                label="OTS back braces, Baltimore-Columbia-Towson, MD",
                locations=(
                    contracts.ContractLocation(ptan=story.PTAN, npi="1000000004", effective_from=date(2021, 1, 1)),
                ),
                prices=(contracts.ContractPrice(hcpcs="L0650", amount=102_345),),
            ),
        ),
        changed_at=DECIDED,
    ),
    contracts.ContractExecuted(
        contract_id=story.CONTRACT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        contract_number=NUMBER,
        version=1,
        line_ids=(story.LINE,),
        starts_on=date(2021, 1, 1),
        ends_on=date(2023, 12, 31),
        executed_at=SIGNED,
    ),
    contracts.NoticeRequested(
        notice_id=story.NOTICE,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        about=NoticeSubject(kind="location-change", id=story.REVIEW),
        requested_by=story.ANALYST,
        requested_at=DECIDED,
        fields=LocationResultFields(
            contract_number=NUMBER,
            rows=(
                LocationRow(
                    ptan=story.PTAN,
                    competition=Competition(
                        category_code="OTSB",
                        cba_code="baltimore-columbia-towson-md",
                        label="OTS back braces, Baltimore-Columbia-Towson, MD",
                    ),
                    change="add",
                    approved=True,
                    effective_on=date(2021, 2, 22),
                ),
            ),
        ),
    ),
    contracts.NoticeAnswered(notice_id=story.NOTICE, organization_id=story.ORGANIZATION, answered_at=DECIDED),
    contracts.BreachSuspected(
        suspicion_id=story.REVIEW,
        contract_id=story.CONTRACT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        contract_number=NUMBER,
        ground="form-c-failure",
        about=NoticeSubject(kind="form-c-report", id=story.REPORT),
        label="Form C: OTS back braces, Baltimore-Columbia-Towson, MD, "
        "Friday, January 1, 2021 through Wednesday, June 30, 2021",
        suspected_at=DECIDED,
    ),
)
