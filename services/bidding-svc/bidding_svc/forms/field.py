"""What a form asks. Every field is described once, for the check of an answer, the page and the CSV file alike."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field is answered. `forms.reading` tells what each takes."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    MONEY = "money"
    WHOLE_NUMBER = "whole-number"
    PERCENT = "percent"
    PTAN = "ptan"


class Source(StrEnum):
    """Lists that are no part of the form itself: of the round, or of the country."""

    CATEGORIES = "categories"
    STATES = "states"


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    code: str
    label: str


@dataclass(frozen=True)
class When:
    """A condition: another field of the same section is answered with one of these."""

    field: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One question.

    `needed` is when it must be answered: always, never, or under a condition; under one that does not hold the answer
    is of no account. `options` are the answers of a choice, or the list they come from. A change of a `material` field
    voids the approval or certification. `asked_by_rules`: only rounds whose rule set names the field ask it.
    """

    name: str
    label: str
    kind: Kind
    hint: str = ""
    needed: bool | When = True
    options: tuple[Option, ...] | Source = ()
    material: bool = True
    asked_by_rules: bool = False


@dataclass(frozen=True)
class Section:
    """Fields that are edited together, by whoever holds `permission`.

    `many`: it is answered once for each entry, which stands under its PTAN where the section is `keyed_by_ptan`.
    """

    name: str
    title: str
    hint: str
    permission: str
    fields: tuple[Field, ...]
    many: bool = False
    keyed_by_ptan: bool = False

    def field(self, name: str) -> Field:
        """Return a field by its name. Raises KeyError when the section has none of that name."""
        return next((field for field in self.fields if field.name == name), None) or _no_field(self, name)


def _no_field(section: Section, name: str) -> Field:
    raise KeyError(f"{section.name} has no field {name}")


YES = Option("yes", "Yes")
NO = Option("no", "No")
