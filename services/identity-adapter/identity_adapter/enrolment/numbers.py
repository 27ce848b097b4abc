"""What can be checked of an enrolled location's numbers without asking anybody.

A PTAN has ten digits and a tax identification number nine; neither has a check digit. An NPI has one.
"""

import re

NPI_PREFIX = "80840"
"""The card issuer's number of United States health care, with which the check digit of an NPI is computed."""

_NPI = re.compile(r"[12][0-9]{9}")


def is_npi(text: str) -> bool:
    """Whether this can be an NPI: ten digits, the first 1 or 2, the last the check digit (45 CFR 162.406)."""
    return _NPI.fullmatch(text) is not None and _luhn_sum(NPI_PREFIX + text) % 10 == 0


def _luhn_sum(digits: str) -> int:
    """Add up the digits from the right, every second one doubled and its two digits added (ISO/IEC 7812-1)."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled)
