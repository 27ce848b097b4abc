"""The suppliers of the story, what their enrolment record says, and what each of them will do."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files

STATE = "MD"
ACCREDITED_FOR = "OTSB OTSK OTSU UROL OSTO"
SAMPLE = files("identity_adapter.enrolment").joinpath("sample.csv")


class Part(StrEnum):
    """What becomes of a supplier in the story."""

    STEADY = "steady"
    """Does everything in time, wins and accepts."""
    FORGETFUL = "forgetful"
    """Leaves a covered document out and sends it when told; wins, declines one offer and loses the bond."""
    NEWCOMER = "newcomer"
    """Registers during the story, bids so low that it is asked about, and lets its offer lapse."""
    UNLICENSED = "unlicensed"
    """Has no license on the day of the close by the record; its inquiry is upheld, and it is offered a contract."""
    WEAK = "weak"
    """Fails the financial score."""
    DEAR = "dear"
    """Bids much; whether it wins depends on how the round selects."""


@dataclass(frozen=True)
class Supplier:
    """A supplier: its PTAN, its people by role (user ids), and its part."""

    name: str
    ptan: str
    part: Part
    people: dict[str, str] = field(default_factory=dict)


AMOUNTS = {
    Part.NEWCOMER: 15_000,
    Part.FORGETFUL: 30_000,
    Part.UNLICENSED: 30_200,
    Part.STEADY: 30_500,
    Part.WEAK: 32_000,
    Part.DEAR: 39_000,
}
"""Lead item amounts in cents, below a bid limit of 400 dollars."""
BIDS_EVERYWHERE = frozenset({Part.STEADY, Part.FORGETFUL, Part.UNLICENSED})
"""Who bids in every competition; the others bid in the first one."""


def record_of(suppliers: Iterable[Supplier]) -> str:
    """Write the enrolment record of the suppliers as the file that a system administrator brings in.

    Named organizations keep their officials; everybody is licensed and accredited where the story takes place, but for
    the one who is not.
    """
    known = {row["ptan"]: row for row in csv.DictReader(SAMPLE.read_text("utf-8").splitlines())}
    columns = list(next(iter(known.values())))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns)
    writer.writeheader()
    for number, supplier in enumerate(suppliers):
        row = dict(known.get(supplier.ptan) or _made_up(supplier, number, columns))
        licence = f"{STATE}|Residential service agency|R-1{number:03}||2018-01-01|"
        row["licences"] = licence + ("2020-12-31" if supplier.part is Part.UNLICENSED else "")
        row["accreditations"] = f"Sample Accreditation Board|{ACCREDITED_FOR}|2018-03-01|"
        row["exclusions"] = ""
        writer.writerow(row)
    return written.getvalue()


def licensed_again(supplier: Supplier, suppliers: list[Supplier]) -> str:
    """Write the record of the unlicensed supplier as it should have been."""
    mended = Supplier(supplier.name, supplier.ptan, Part.STEADY, supplier.people)
    number = suppliers.index(supplier)
    lines = record_of([*suppliers[:number], mended]).splitlines()
    return "\n".join([lines[0], lines[-1], ""])


def _made_up(supplier: Supplier, number: int, columns: list[str]) -> dict[str, str]:
    given = supplier.people["AO"].title()
    told = {
        "ptan": supplier.ptan,
        "npi": _npi(100_200_000 + number),
        "tin": f"90-1{number:06}",
        "legal_business_name": supplier.name,
        "street": f"{number + 1} Sample Street",
        "city": "Annapolis",
        "state": STATE,
        "zip_code": "21401",
        "status_periods": "active|2015-01-01|",
        "officials": f"AO|{given}|Sample|900-01-{number + 1:04}|1970-01-01||",
    }
    return dict.fromkeys(columns, "") | told


def _npi(nine: int) -> str:
    """Return an NPI: nine digits and their check digit (Luhn over 80840 and the number)."""
    digits = [int(each) for each in f"80840{nine}"]
    doubled = [sum(divmod(2 * each, 10)) if at % 2 == 0 else each for at, each in enumerate(reversed(digits))]
    return f"{nine}{-sum(doubled) % 10}"
