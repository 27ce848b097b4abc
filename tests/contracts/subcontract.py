from datetime import date
from uuid import UUID

from contracts_svc.subcontracting.terms import Service, Terms

TERMS = Terms(
    legal_business_name="Fixit Sample Repairs, Inc.",
    street="2 Sample Street",
    city="Dallas",
    state="TX",
    zip_code="75201",
    phone="(555) 010-0100",
    services=frozenset({Service.REPAIR}),
    lines=frozenset({UUID(int=1)}),
    accreditor="Sample Accreditors",
    accredited_until=date(2030, 6, 30),
    ptan="9100000019",
    starts_on=date(2028, 3, 6),
)
"""An arrangement about the repair of rented equipment."""
