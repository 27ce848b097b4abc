from chassis.signature import Statement

OFFER_DECISION = Statement(
    "offer-decision",
    1,
    "I am an authorized official or a backup authorized official of this organization. I have read the single payment "
    "amounts and the locations of each offer I decide on. By accepting I agree to furnish the items of the product "
    "category in the area at these amounts for the whole contract period. By declining I know that the bid surety bond "
    "of an area is forfeited where the offer says that it is at risk.",
    needs_name=True,
)
"""What an official certifies with every decision about an offer (domain/roles.md 4)."""
