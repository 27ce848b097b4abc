from events import public
from events.examples import _story as story

EXAMPLES = (
    public.RoundAnnounced(
        round_code="R2021",
        name="Round 2021",
        announced_at=story.ANNOUNCED,
        opens_at=story.WINDOW_OPENS,
        closes_at=story.WINDOW_CLOSES,
        cdrd_at=story.CDRD,
        categories=(
            public.AnnouncedCategory(code="OTSB", name="Off-the-shelf (OTS) back braces", lead_item="L0650"),
            public.AnnouncedCategory(code="OTSK", name="OTS knee braces", lead_item="L1833"),
        ),
    ),
    public.WindowExtended(
        round_code="R2021",
        name="Round 2021",
        extended_at=story.LATER,
        closes_at=story.EXTENDED,
        cdrd_at=story.CDRD,
        reason="A storm closed many offices for days.",
    ),
    public.PaymentAmountsPublished(
        round_code="R2021",
        category_code="OTSK",
        cba_code="baltimore-columbia-towson-md",
        label="OTS knee braces, Baltimore-Columbia-Towson, MD",
        amounts=(
            public.PublishedAmount(hcpcs="L1832", amount=54_321),
            public.PublishedAmount(hcpcs="L1833", amount=48_000),
        ),
        published_at=story.AWARDED,
    ),
    public.SuppliersAnnounced(
        round_code="R2021",
        category_code="OTSK",
        cba_code="baltimore-columbia-towson-md",
        suppliers=(public.PublishedSupplier(bidder_number="1000234", legal_business_name=story.COMPANY),),
        announced_at=story.SUPPLIERS_ANNOUNCED,
    ),
)
