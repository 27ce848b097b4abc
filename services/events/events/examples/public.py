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
)
