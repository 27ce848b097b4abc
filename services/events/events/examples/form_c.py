from datetime import UTC, date, datetime

from events import form_c
from events.contracts import ContractLocation
from events.examples import _story as story
from events.examples.contracts import NUMBER

OPENED = datetime(2021, 1, 1, 5, 0, tzinfo=UTC)
DUE = datetime(2021, 1, 16, 1, 59, 59, tzinfo=UTC)  # 8:59:59 p.m. Eastern on 15 January
SUBMITTED = datetime(2021, 1, 12, 15, 30, tzinfo=UTC)

EXAMPLES = (
    form_c.FormCOpened(
        report_id=story.REPORT,
        contract_id=story.CONTRACT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        contract_number=NUMBER,
        label="Form C: OTS back braces, Baltimore-Columbia-Towson, MD, "
        "Friday, January 1, 2021 through Wednesday, June 30, 2021",
        permission="form_c.submit",
        due_at=DUE,
        opened_at=OPENED,
    ),
    form_c.FormCSubmitted(
        report_id=story.REPORT, organization_id=story.ORGANIZATION, late=False, submitted_at=SUBMITTED
    ),
    form_c.FormCReopened(
        report_id=story.REPORT,
        organization_id=story.ORGANIZATION,
        because="opened",
        due_at=DUE,
        reopened_at=SUBMITTED,
    ),
    form_c.FormCClosed(report_id=story.REPORT, organization_id=story.ORGANIZATION, closed_at=DUE),
    form_c.DirectoryState(
        listing=f"{story.LINE}/L0650",
        revision=4,
        contract_id=story.CONTRACT,
        contract_number=NUMBER,
        line_id=story.LINE,
        organization_id=story.ORGANIZATION,
        legal_business_name=story.COMPANY,
        round_code="R2021",
        status="active",
        cba="baltimore-columbia-towson-md",
        category="OTSB",
        label="OTS back braces, Baltimore-Columbia-Towson, MD",
        hcpcs="L0650",
        starts_on=date(2021, 1, 1),
        ends_on=date(2021, 6, 30),
        locations=(ContractLocation(ptan=story.PTAN, npi="1000000004", effective_from=date(2021, 1, 1)),),
        products=(
            form_c.DirectoryProduct(
                manufacturer="Sample Orthotics, Inc.", model_name="Back Support 3", model_number="BS-300"
            ),
        ),
        listed_at=SUBMITTED,
    ),
)
