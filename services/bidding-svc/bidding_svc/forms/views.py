from collections.abc import Iterable

from pydantic import BaseModel

from bidding_svc.forms.field import Field, Kind, Section
from bidding_svc.forms.reading import Choices, options_of


class OptionView(BaseModel):
    """One answer to choose."""

    code: str
    label: str


class WhenView(BaseModel):
    """The field counts when another field of its section is answered with one of these."""

    field: str
    among: list[str]


class FieldView(BaseModel):
    """One question of a form. `needed_when` is there where `needed` depends on another answer."""

    name: str
    label: str
    hint: str
    kind: Kind
    needed: bool
    needed_when: WhenView | None
    options: list[OptionView]
    material: bool


class SectionView(BaseModel):
    """Fields that are edited together, by whoever holds `permission`; `many`: once for each entry.

    An entry stands under its PTAN where the section is `keyed_by_ptan`, otherwise under any id of its own.
    """

    name: str
    title: str
    hint: str
    permission: str
    many: bool
    keyed_by_ptan: bool
    fields: list[FieldView]


class FormFields(BaseModel):
    """Everything a form asks in a round."""

    round_code: str
    sections: list[SectionView]


def describe(sections: Iterable[Section], choices: Choices) -> list[SectionView]:
    """Describe sections for whoever shows or fills them."""
    return [
        SectionView(
            name=section.name,
            title=section.title,
            hint=section.hint,
            permission=section.permission,
            many=section.many,
            keyed_by_ptan=section.keyed_by_ptan,
            fields=[_field(field, choices) for field in section.fields],
        )
        for section in sections
    ]


def _field(field: Field, choices: Choices) -> FieldView:
    needed = field.needed
    return FieldView(
        name=field.name,
        label=field.label,
        hint=field.hint,
        kind=field.kind,
        needed=needed is True,
        needed_when=None if isinstance(needed, bool) else WhenView(field=needed.field, among=list(needed.among)),
        options=[OptionView(code=option.code, label=option.label) for option in options_of(field, choices)],
        material=field.material,
    )
