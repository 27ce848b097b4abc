from bidding_svc.preclusions.use_cases import know_preclusion
from chassis.database import Session
from chassis.kafka import Hears
from events.breaches import SupplierPrecluded
from events.contracts import STREAM

hears = Hears("bidding")


@hears(STREAM, SupplierPrecluded)
async def on_supplier_precluded(event: SupplierPrecluded, session: Session) -> None:
    """A breach case ended with a preclusion: the bid evaluation of that round finds it."""
    await know_preclusion(session, event)
