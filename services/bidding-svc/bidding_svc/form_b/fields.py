"""Form B, field by field: one for each competition (domain/bidding.md 3). What more a round asks, its rules say."""

from dataclasses import replace

from bidding_svc.forms.field import Field, Kind, Section
from bidding_svc.forms.permissions import EDIT_FORM_B
from events.rule_set import RuleSet

ALL_FIELDS = Section(
    "bid",
    "Bid",
    "For one competition: all your locations, or all members of your network, taken together.",
    EDIT_FORM_B,
    (
        Field("amount", "Amount for the lead item", Kind.MONEY, "In dollars and cents, like 348.00."),
        Field(
            "new_item_on_basis",
            "The amount is for a new item, purchased or rented as its code demands",
            Kind.YES_NO,
        ),
        Field(
            "capacity",
            "Estimated capacity",
            Kind.WHOLE_NUMBER,
            "Units of the lead item you can furnish in the area in a calendar year.",
        ),
        Field(
            "rental_months",
            "Rental months",
            Kind.WHOLE_NUMBER,
            "Only for items in capped rental: the months of rental behind your capacity.",
            needed=False,
        ),
        Field(
            "covers_all_items",
            "The amount accounts for all costs of furnishing all items of the category",
            Kind.YES_NO,
        ),
        Field(
            "units_all_customers",
            "Units furnished to all customers last year",
            Kind.WHOLE_NUMBER,
            asked_by_rules=True,
        ),
        Field(
            "units_medicare",
            "Units furnished to Medicare beneficiaries last year",
            Kind.WHOLE_NUMBER,
            asked_by_rules=True,
        ),
        Field("revenue", "Revenue from the category last year", Kind.MONEY, asked_by_rules=True),
        Field("customers", "Customers served last year", Kind.WHOLE_NUMBER, asked_by_rules=True),
        Field(
            "expansion_plans",
            "How you will expand to reach your capacity",
            Kind.LONG_TEXT,
            needed=False,
            material=False,
            asked_by_rules=True,
        ),
    ),
)


def section_for(rules: RuleSet, category_code: str | None = None) -> Section:
    """Return what Form B asks in a round; for one category, without what does not concern it."""
    asked = [field for field in ALL_FIELDS.fields if not field.asked_by_rules or field.name in rules.bids.form_b_asks]
    if category_code is not None and category_code not in rules.bids.capped_rental:
        asked = [field for field in asked if field.name != "rental_months"]
    return replace(ALL_FIELDS, fields=tuple(asked))
