"""Made-up enrolment records for tests: people and numbers that nobody has."""

from datetime import UTC, date, datetime
from typing import Any

from events.enrolment import Accreditation, Licence, Location, Official, RecordReported, StatusPeriod
from identity_adapter.enrolment.officials import OfficialDigests

DIGESTS = OfficialDigests.load(None)
DANA: dict[str, Any] = {"family_name": "Whitlock-Sample", "ssn": "900-00-0101", "birth_date": date(1970, 2, 3)}
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def npi(first_nine: int) -> str:
    """The NPI that begins with these nine digits."""
    doubled = (int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(f"80840{first_nine:09}")))
    return f"{first_nine:09}{-sum(n - 9 if n > 9 else n for n in doubled) % 10}"


def official(kind: str = "AO", **more: Any) -> Official:
    """Dana, as an official of the record."""
    return Official(kind=kind, given_name="Dana", family_name=DANA["family_name"], digest=DIGESTS.of(**DANA), **more)


def record(ptan: str = "9000000101", **more: Any) -> RecordReported:
    """A location that is active, licensed in Maryland and accredited."""
    known: dict[str, Any] = {
        "ptan": ptan,
        "npi": npi(100000010),
        "tin": "900000001",
        "legal_business_name": "Larkspur Sample Medical, LLC",
        "location": Location(street="1 Sample Street", city="Annapolis", state="MD", zip_code="21401"),
        "status_periods": (StatusPeriod(status="active", valid_from=date(2020, 1, 1)),),
        "licences": (Licence(state="MD", kind="Residential service agency", valid_from=date(2020, 1, 1)),),
        "accreditations": (
            Accreditation(accreditor="Sample Accreditors", categories=("CPAP",), valid_from=date(2020, 1, 1)),
        ),
        "officials": (official(),),
        "reported_at": AT,
    }
    return RecordReported.model_validate(known | more)
