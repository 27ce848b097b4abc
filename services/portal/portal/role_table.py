"""The role table as its page shows it: supplier roles as columns with Y and N, inside roles as lists of names."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from portal.gateway import Json


class Cell(NamedTuple):
    """Whether one role may do one thing, and the footnote at it."""

    role: str
    may: bool
    footnote: str | None


class Row(NamedTuple):
    """One line: the action, a cell for each supplier role, and the inside roles that may."""

    action: str
    cells: list[Cell]
    inside: list[Cell]


class Section(NamedTuple):
    """A part of the table."""

    title: str
    published: bool
    rows: list[Row]


@dataclass(frozen=True)
class RoleTable:
    """What the page shows."""

    roles: dict[str, str]
    sections: list[Section]
    inside: list[Section]
    footnotes: dict[str, str]

    @classmethod
    def of(cls, told: Json, *, with_staff: bool) -> Self:
        """Lay the table out. Rows that only staff may use are left out unless `with_staff`."""
        names = {code: str(role["name"]) for code, role in told["roles"].items()}
        columns = {code: names[code] for code, role in told["roles"].items() if role["side"] == "supplier"}
        laid = [(section, [_row(row, columns, names) for row in section["rows"]]) for section in told["sections"]]
        outside = [(section, [row for row in rows if any(cell.may for cell in row.cells)]) for section, rows in laid]
        inside = [(section, [row for row in rows if row.inside]) for section, rows in laid] if with_staff else []
        used = {cell.footnote for _, rows in outside for row in rows for cell in row.cells}
        used |= {cell.footnote for _, rows in inside for row in rows for cell in row.inside}
        notes = {number: str(sentence) for number, sentence in told["footnotes"].items() if number in used}
        sections = _sections(outside)
        return cls(roles=columns, sections=sections, inside=_told_apart(_sections(inside), sections), footnotes=notes)


def _row(row: Json, columns: dict[str, str], names: dict[str, str]) -> Row:
    notes = {role: str(number) for role, number in row["footnotes"].items()}
    return Row(
        action=str(row["action"]),
        cells=[Cell(code, code in row["roles"], notes.get(code)) for code in columns],
        inside=[Cell(names[code], True, notes.get(code)) for code in row["roles"] if code not in columns],
    )


def _sections(laid: list[tuple[Json, list[Row]]]) -> list[Section]:
    return [Section(str(section["title"]), bool(section["published"]), rows) for section, rows in laid if rows]


def _told_apart(inside: list[Section], outside: list[Section]) -> list[Section]:
    """The inside sections, where one that suppliers share has a name of its own."""
    titles = {section.title for section in outside}
    return [
        section._replace(title=f"{section.title}: inside roles") if section.title in titles else section
        for section in inside
    ]
