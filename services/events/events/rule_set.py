"""The rule set of a round: every parameter by which rounds differ, as one versioned record.

The parameters are those of the program's rule book (42 CFR 414.400 to 414.426 and the Request for Bids of each round);
a value that was not published is None or marked in `assumed`. Rounds whose products are shipped to the home (remote
item delivery) may differ for those competitions alone: `remote_item` holds what differs.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from events.envelope import Part
from events.kinds import CategoryCode, Cents, Code, Days, LocalTime, Number
from events.records_schedule import RecordsSchedule
from events.scoring_rules import Scoring

FinancialMethod = Literal["ratios_80_credit_20", "credit_only"]
SpaMethod = Literal[
    "median_winning", "max_winning", "percentile_75_literal", "percentile_75_inclusive", "percentile_75_exclusive"
]
NonLeadRatio = Literal["avg_2015_all_areas", "area_2015", "avg_2015_cba"]
Selection = Literal["capacity_vs_demand", "fixed_contract_count"]
DayKind = Literal["business", "calendar"]


class FinancialDocument(Part):
    """A covered document that every bidder of the round must upload, or may upload instead of another.

    `stands_in_for` names the required document that is met by this one (together with all others that name it).
    """

    code: Code
    label: str
    hint: str = ""
    stands_in_for: Code | None = None


class Bond(Part):
    """The bid surety bond: its amount, and for what one bond stands."""

    amount: Cents
    scope: Literal["bidder_cba"] = "bidder_cba"


class ContractCount(Part):
    """How many contracts a fixed-count competition gets: `multiplier` x the suppliers with at least `share`.

    `share` is of the national allowed services of the lead item.
    """

    multiplier: Number
    share: Number
    rounding: Literal["half_up"] = "half_up"


class MinimumContracts(Part):
    """At least `if_enough_qualify` contracts; with fewer qualified, at least `otherwise`, if those can meet demand."""

    if_enough_qualify: Annotated[int, Field(ge=1)]
    otherwise: Annotated[int, Field(ge=1)]


class Capacity(Part):
    """How stated capacity counts towards demand.

    One bidder counts for at most `max_share` of demand. With `history_if_weak`, a bidder with weak finances or no
    history counts only at its historic volume.
    """

    max_share: Number
    policy: Literal["as_stated", "history_if_weak"]


class Networks(Part):
    """Networks of small suppliers: how many members, and their largest share of demand when bidding."""

    size_min: Annotated[int, Field(ge=2)]
    size_max: Annotated[int, Field(ge=2)]
    share: Number


class ChangeOfOwnership(Part):
    """Days around the effective date of a change of ownership; None where a round has no such limit.

    `documents_days_before` 0 means before the effective date itself.
    """

    notice_days_before: Days | None = None
    documents_days_before: Days
    novation_days_before: Days | None = None
    novation_days_after: Days | None = None


class Breach(Part):
    """Days of a breach case, of its corrective action plan and of its hearing.

    The defaults are those of 42 CFR 414.423, for rule sets that were told before they had these parameters.
    """

    plan_days: Days = 30
    hearing_request_days: Days = 30
    effect_days: Days = 45
    follow_up_days: Days = 5
    hearing_contact_days: Days = 30
    hearing_notice_days: Days = 30
    cms_evidence_days: Days = 10
    evidence_share_days: Days = 15
    recommendation_days: Days = 30
    decision_days: Days = 30
    beneficiary_notice_days: Days = 15


class BidRules(Part):
    """How bids are entered and counted.

    `entered_in`: in this portal, or in the bidding system DBidS, whose feed is heard until `feed_grace_minutes` after
    the close. Capacity counts purchase units; for categories in `capped_rental` they are rental months divided by
    `rental_months_per_unit`, and categories in `rental` count rental units. `form_b_asks` names the fields of earlier
    forms that the round asks too.
    """

    entered_in: Literal["connexion", "dbids"] = "connexion"
    feed_grace_minutes: Annotated[int, Field(ge=0)] = 60
    capped_rental: tuple[CategoryCode, ...] = ()
    rental: tuple[CategoryCode, ...] = ()
    rental_months_per_unit: Annotated[int, Field(ge=1)] = 10
    form_b_asks: tuple[str, ...] = ()


class Pricing(Part):
    """By which fee schedules items are priced: the year of the ratio to the lead item, and of what would be paid.

    `payable_fee_year` None is the latest schedule on file.
    """

    ratio_fee_year: int = 2015
    payable_fee_year: int | None = None


class AcquisitionCost(Part):
    """What an item is known to cost whoever buys it to furnish it."""

    item: Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$")]
    amount: Cents


class BonaFideScreen(Part):
    """When a lead item amount is asked about, beside all others for that item in the round.

    Below the first quartile of the logarithms by `iqr_factor` times the distance between the quartiles (with at least
    `least_amounts` amounts); below `median_share` of the median; below a known cost. The defaults are for rule sets
    that were told before they had these parameters.
    """

    iqr_factor: Number = Decimal("1.5")
    median_share: Number = Decimal("0.6")
    least_amounts: Annotated[int, Field(ge=2)] = 4
    acquisition_costs: tuple[AcquisitionCost, ...] = ()


class RemoteItemRules(Part):
    """What differs for remote item delivery competitions. None: as in the rest of the rule set, or not applied."""

    bond: Bond | None = None
    non_lead_ratio: NonLeadRatio
    selection: Selection
    contract_count: ContractCount | None = None
    min_contracts: MinimumContracts | None = None
    bid_limit: Literal["average_fee"] | None = Field(
        default=None, description="With average_fee no bid is above the average fee schedule amount."
    )
    bid_limit_fee_year: int | None = None


class RuleSet(Part):
    """All parameters of one round. Days are calendar days unless the name says business days (`bdays`)."""

    version: Annotated[int, Field(ge=1)]
    assumed: tuple[str, ...] = Field(default=(), description="Parameters whose value was not found in a source.")

    required_financial_docs: tuple[FinancialDocument, ...]
    financial_method: FinancialMethod
    financial_minimum: Number | None = Field(description="Lowest passing score; None where it was not published.")
    scoring: Scoring = Scoring()
    bond: Bond
    bids: BidRules = BidRules()
    bona_fide: BonaFideScreen = BonaFideScreen()

    spa_method: SpaMethod
    non_lead_ratio: NonLeadRatio
    pricing: Pricing = Pricing()
    selection: Selection
    contract_count: ContractCount | None = None
    capacity: Capacity
    min_contracts: MinimumContracts
    remote_item: RemoteItemRules | None = None

    small_supplier_target: Number = Field(description="Share of the qualified bidders.")
    small_supplier_revenue: Cents = Field(description="Largest yearly gross receipts of a small supplier.")
    networks: Networks
    ownership_threshold: Number = Field(description="Share from which bidders count as commonly owned.")
    licence_rule: Literal["each_location", "collective"]

    cdrd_offset_days: Days = Field(description="The CDRD is the later of close minus these and open plus these.")
    cdrd_notice_days: Days
    cdrd_notice_alert_days: tuple[Days, ...] = Field(default=(60, 75, 85), description="Days on which CMS is warned.")
    cdrd_response_bdays: Days
    bfb_response_bdays: Days
    pbe_response_bdays: Days
    offer_response_bdays: Days
    inquiry_days: Days
    inquiry_rolls_forward: bool

    late_offer_bond_days: Days
    bond_return_days: Days
    bond_return_alert_days: tuple[Days, ...] = Field(default=(75,), description="Days on which CMS is warned.")
    form_c_months: Annotated[int, Field(ge=1, le=12)]
    form_c_bdays: Days
    form_c_escalation_days: Days = Field(default=30, description="A report still missing then is a suspected breach.")
    form_c_reminder_bdays: tuple[Days, ...] = Field(
        default=(5, 1), description="So many business days before the due date a supplier is reminded, if it must."
    )
    subcontract_days: Days
    subcontract_day_kind: DayKind
    change_of_ownership: ChangeOfOwnership
    location_review_days: Days = 30
    location_answer_days: Days = 30
    breach: Breach = Breach()
    emergency_termination: bool
    records: RecordsSchedule = RecordsSchedule()

    cutoff_local_time: LocalTime = Field(description="In time means received before this plus one second.")
    time_zone: str = Field(description="IANA name.")
