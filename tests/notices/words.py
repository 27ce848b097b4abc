"""One notice of each type, filled in."""

from datetime import UTC, date, datetime
from uuid import UUID

from events import notice_fields as fields
from events.notice_fields import Competition, NoticeFields

KNEES = Competition(category_code="OTSK", cba_code="baltimore-md", label="Knee braces, Baltimore, MD")
BOND = fields.NoticedBond(cba_code="baltimore-md", label="Baltimore, MD", bond_number="B-77", amount=5_000_000)
CONTRACT = "C-2021-0007"
ACTION = fields.BreachAction(action="termination", label="Termination of the contract")
HEARD = datetime(2022, 6, 1, 14, tzinfo=UTC)

EXAMPLES: dict[str, NoticeFields] = {
    part.notice_type: part
    for part in (
        fields.CdrdFields(
            bidder_number="1000234",
            documents=(fields.ReviewedDocument(document="balance-sheet", label="Balance sheet", received=False),),
            note="Page 2 was blank.",
        ),
        fields.BfbFields(
            bidder_number="1000234",
            bids=(
                fields.QuestionedBid(
                    competition=KNEES, lead_item="L1833", amount=102_345, question="How is this amount built?"
                ),
            ),
            to_send=("Invoices of the last 90 days",),
        ),
        fields.PbeFields(
            bidder_number="1000234",
            closed_at=datetime(2019, 9, 19, 0, 59, 59, tzinfo=UTC),
            checks=(
                fields.PbeCheck(check="accredited", label="Accredited for the category"),
                fields.PbeCheck(check="licensed", label="Licensed in the state"),
            ),
            rows=(
                fields.PbeRow(
                    competition=KNEES,
                    ptan="1234567890",
                    met=("accredited",),
                    not_verified=(fields.PbeFinding(check="licensed", explanation="No license was found."),),
                ),
            ),
        ),
        fields.DisqualificationFields(
            bidder_number="1000234",
            bids=(
                fields.DisqualifiedBid(
                    competition=KNEES,
                    reasons=(
                        fields.DisqualificationReason(
                            reason="bond-missing", label="No bid surety bond", explanation="No bond arrived."
                        ),
                    ),
                ),
            ),
        ),
        fields.InquiryResultFields(
            bidder_number="1000234",
            outcome="upheld-part",
            rows=(fields.InquiryRow(competition=KNEES, upheld=True, explanation="The bond had arrived."),),
            worked_on_by=(UUID(int=7),),
        ),
        fields.OfferFields(bidder_number="1000234", lines=(fields.OfferedLine(competition=KNEES, bond_at_risk=True),)),
        fields.BondReturnFields(bidder_number="1000234", bonds=(BOND,)),
        fields.BondForfeitureFields(bidder_number="1000234", bonds=(BOND,), declined=(KNEES,)),
        fields.ContractSignedFields(contract_number=CONTRACT, starts_on=date(2021, 1, 1), ends_on=date(2023, 12, 31)),
        fields.FormCDueFields(
            contract_number=CONTRACT, period_starts_on=date(2021, 1, 1), period_ends_on=date(2021, 6, 30)
        ),
        fields.FormCMissingFields(
            contract_number=CONTRACT,
            period_starts_on=date(2021, 1, 1),
            period_ends_on=date(2021, 6, 30),
            competitions=(KNEES,),
        ),
        fields.LocationResultFields(
            contract_number=CONTRACT,
            rows=(
                fields.LocationRow(
                    ptan="1234567890", competition=KNEES, change="add", approved=True, effective_on=date(2021, 3, 1)
                ),
                fields.LocationRow(
                    ptan="1234567891", competition=KNEES, change="add", approved=False, explanation="Not accredited."
                ),
            ),
        ),
        fields.TransferResultFields(
            contract_number=CONTRACT, outcome="approved-conditionally", explanation="The successor is eligible."
        ),
        fields.SubcontractResultFields(
            contract_number=CONTRACT, subcontractor="Fixit Repairs, Inc.", outcome="acknowledged"
        ),
        fields.BreachFields(contract_number=CONTRACT, deviations=("No Form C.",), actions=(ACTION,), cap_allowed=True),
        fields.BreachSubsequentFields(
            contract_number=CONTRACT,
            deviations=("No Form C.",),
            actions=(ACTION,),
            cap_allowed=False,
            plan_failed_because="The report did not come.",
        ),
        fields.CapResultFields(
            contract_number=CONTRACT, outcome="accepted", finish_by=date(2022, 5, 31), explanation="It is complete."
        ),
        fields.HearingScheduleFields(
            contract_number=CONTRACT,
            held_at=HEARD,
            held_by="telephone",
            place="Dial 1-800-555-0100",
            evidence_by=date(2022, 5, 17),
        ),
        fields.FinalDeterminationFields(
            contract_number=CONTRACT,
            actions=(
                fields.DeterminedAction(
                    label="Termination", applies=True, effective_on=date(2022, 7, 1), explanation="No plan was sent."
                ),
            ),
        ),
        fields.GeneralFields(heading="The help desk is closed", paragraphs=("On Monday.", "Use chat & <e-mail>.")),
    )
}
