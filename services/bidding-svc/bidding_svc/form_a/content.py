"""What a Form A says, read from its answers: values, and what is missing or cannot be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bidding_svc.form_a.fields import BUSINESS, BY_NAME, DISCLOSURES, LINKS, LOCATIONS, MEMBERS
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.forms.problem import FormProblem
from bidding_svc.forms.reading import Choices, read_section

Values = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """The values of a Form A. Entries stand under their keys: a PTAN for locations and members."""

    business: Values
    disclosures: Values
    locations: dict[str, Values]
    links: dict[str, Values]
    members: dict[str, Values]
    unread: tuple[FormProblem, ...]

    def serving(self, category_code: str, state: str | None) -> list[str]:
        """Return the PTANs of the locations that offer a category in a state; None: anywhere."""
        return [
            ptan
            for ptan, values in self.locations.items()
            if category_code in values.get("products", ()) and (state is None or state in values.get("states", ()))
        ]


def read_form_a(form: FormA, entries: Iterable[FormAEntry], choices: Choices) -> Content:
    """Read a Form A and its entries."""
    business, unread = read_section(BUSINESS, form.sheet(BUSINESS).answers, choices)
    disclosures, more = read_section(DISCLOSURES, form.sheet(DISCLOSURES).answers, choices)
    unread += more
    read: dict[str, dict[str, Values]] = {section.name: {} for section in (LOCATIONS, LINKS, MEMBERS)}
    for entry in entries:
        section = BY_NAME[entry.section]
        values, more = read_section(section, entry.sheet.answers, choices, f"{entry.section}.{entry.key}")
        read[entry.section][entry.key] = values
        unread += more
    return Content(business, disclosures, read["locations"], read["links"], read["members"], tuple(unread))
