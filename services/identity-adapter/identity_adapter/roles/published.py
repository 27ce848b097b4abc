"""The user role table as everybody may read it: what officials and end users may do, in editions.

Add an edition after a change of `roles.toml`: `python -m identity_adapter.roles.published "what changed, a sentence"`.
"""

import sys
from pathlib import Path

from pydantic import BaseModel

from chassis import calendar, machine_time
from chassis.editions import Shelf
from identity_adapter.roles.table import Role, RoleTable, role_table


class PublishedRow(BaseModel):
    """An action, and the supplier roles that may do it, each with the number of its footnote where it has one."""

    action: str
    roles: list[str]
    footnotes: dict[str, int]


class PublishedSection(BaseModel):
    """A part of the table; `published` ones stand in the contractor's document."""

    title: str
    published: bool
    rows: list[PublishedRow]


class PublishedRoleTable(BaseModel):
    """Supplier roles, and everything they may do. What only staff may do is not in it."""

    roles: dict[str, Role]
    footnotes: dict[str, str]
    sections: list[PublishedSection]


SHELF = Shelf(Path(__file__).parent / "editions", PublishedRoleTable)


def outside_view(table: RoleTable) -> PublishedRoleTable:
    """Return what a role table says of supplier roles."""
    roles = {code: role for code, role in table.roles.items() if role.side == "supplier"}
    sections = []
    for section in table.sections:
        rows = [
            PublishedRow(
                action=row.action,
                roles=[code for code in row.roles if code in roles],
                footnotes={code: note for code, note in row.footnotes.items() if code in roles},
            )
            for row in section.rows
            if roles.keys() & set(row.roles)
        ]
        if rows:
            sections.append(PublishedSection(title=section.title, published=section.published, rows=rows))
    used = {str(note) for section in sections for row in section.rows for note in row.footnotes.values()}
    notes = {number: sentence for number, sentence in table.footnotes.items() if number in used}
    return PublishedRoleTable(roles=roles, footnotes=notes, sections=sections)


if __name__ == "__main__":
    print(SHELF.publish(outside_view(role_table()), sys.argv[1], calendar.eastern_day(machine_time.now())))
