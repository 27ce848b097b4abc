"""The printed contract: PDF/UA-1, made by typst from data alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from chassis.calendar import eastern_day

TEMPLATE = Path(__file__).with_name("contract.typ")

OBLIGATIONS = (
    "Comply with all terms of this contract, including any option CMS exercises, for the whole period.",
    "Keep enrollment standards, licenses and accreditation at every location.",
    "Accept assignment; payment is the single payment amount.",
    "Furnish items to any beneficiary who lives in or visits the competitive bidding area and asks for them.",
    "A specialty supplier in a nursing facility may limit this to its own residents.",
    "Furnish the same items to Medicare beneficiaries as to other customers.",
    (
        "Where a brand or mode is prescribed to avoid an adverse outcome: furnish it, obtain a changed prescription, "
        "or help find another contract supplier; never bill for something else."
    ),
    "Diabetic supplies: fit the beneficiary's meter, and do not steer.",
    "Report the products planned on Form C in every reporting period.",
    "Disclose subcontractors, each within the time the rules of the round set.",
    "Not sell or assign this contract; it is transferred only through CMS.",
    "A deviation from these terms is a breach, with the consequences of 42 CFR 414.422(g).",
    "Report changes of enrollment within 30 days.",
)
"""What every contract supplier undertakes (contracts.md 2)."""


def print_contract(content: Mapping[str, Any], *, signed_by: str, signed_at: datetime) -> bytes:
    """Return the PDF of a contract's version. Blocks for tens of milliseconds.

    Whatever stands in the content is printed as text. Raises `typst.TypstError` when it cannot be made accessible.
    """
    printed = {
        **content,
        "obligations": OBLIGATIONS,
        "signed_by": signed_by,
        "signed_on": eastern_day(signed_at).isoformat(),
    }
    made: bytes = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        sys_inputs={"contract": json.dumps(printed)},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
    )
    return made
