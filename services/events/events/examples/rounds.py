from datetime import date, time
from decimal import Decimal

from events import rounds
from events.examples import _story as story
from events.rule_set import (
    Bond,
    Capacity,
    ChangeOfOwnership,
    FinancialDocument,
    MinimumContracts,
    Networks,
    RuleSet,
)

RULE_SET = RuleSet(
    version=1,
    assumed=("capacity",),
    required_financial_docs=(
        FinancialDocument(code="tax-return-extract", label="Tax return extract"),
        FinancialDocument(code="income-statement", label="Income statement"),
        FinancialDocument(code="balance-sheet", label="Balance sheet"),
        FinancialDocument(code="cash-flow-statement", label="Statement of cash flows"),
        FinancialDocument(code="credit-report", label="Credit report with a numerical score or rating"),
    ),
    financial_method="ratios_80_credit_20",
    financial_minimum=Decimal("39.5"),
    bond=Bond(amount=5_000_000),
    spa_method="max_winning",
    non_lead_ratio="avg_2015_all_areas",
    selection="capacity_vs_demand",
    capacity=Capacity(max_share=Decimal("0.20"), policy="history_if_weak"),
    min_contracts=MinimumContracts(if_enough_qualify=5, otherwise=2),
    small_supplier_target=Decimal("0.30"),
    small_supplier_revenue=350_000_000,
    networks=Networks(size_min=2, size_max=20, share=Decimal("0.20")),
    ownership_threshold=Decimal("0.05"),
    licence_rule="each_location",
    cdrd_offset_days=30,
    cdrd_notice_days=90,
    cdrd_response_bdays=10,
    bfb_response_bdays=10,
    pbe_response_bdays=10,
    offer_response_bdays=10,
    inquiry_days=30,
    inquiry_rolls_forward=True,
    late_offer_bond_days=90,
    bond_return_days=90,
    form_c_months=6,
    form_c_bdays=10,
    subcontract_days=10,
    subcontract_day_kind="business",
    change_of_ownership=ChangeOfOwnership(documents_days_before=0, novation_days_after=10),
    emergency_termination=False,
    cutoff_local_time=time(20, 59, 59),
    time_zone="America/New_York",
)

EXAMPLES = (
    rounds.RoundState(
        round_code="R2021",
        name="Round 2021",
        phase="bidding",
        rule_set=RULE_SET,
        calendar=(
            rounds.CalendarDate(code="announced", on=date(2019, 3, 7), certainty="actual"),
            rounds.CalendarDate(code="window-opens", on=date(2019, 7, 16), certainty="actual"),
            rounds.CalendarDate(code="cdrd", on=date(2019, 8, 19), due_at=story.CDRD, certainty="actual"),
            rounds.CalendarDate(
                code="window-closes", on=date(2019, 9, 18), due_at=story.WINDOW_CLOSES, certainty="actual"
            ),
            rounds.CalendarDate(code="period-starts", on=date(2021, 1, 1), certainty="target"),
        ),
        categories=(
            rounds.Category(code="OTSB", name="Off-the-shelf (OTS) back braces", lead_item="L0650"),
            rounds.Category(
                code="NIVE", name="Non-invasive ventilators", lead_item="E0466", removed_on=date(2020, 4, 9)
            ),
        ),
        cbas=(rounds.Cba(code="baltimore-columbia-towson-md", name="Baltimore-Columbia-Towson, MD", state="MD"),),
        closings=(date(2018, 12, 24),),
        changed_at=story.WINDOW_OPENS,
    ),
)
