"""The user role table for everybody."""

from identity_adapter.roles.published import SHELF, outside_view
from identity_adapter.roles.table import role_table

COMMAND = 'python -m identity_adapter.roles.published "what changed, a sentence"'


def test_the_newest_edition_is_the_table_that_holds() -> None:
    assert SHELF.read().content == outside_view(role_table()), f"publish what changed: {COMMAND}"


def test_nothing_that_only_staff_may_do_is_published() -> None:
    published = SHELF.read().content
    inside = {row.action for s in role_table().sections for row in s.rows if not {"AO", "BAO", "EU"} & set(row.roles)}
    assert inside
    assert not inside & {row.action for section in published.sections for row in section.rows}
    assert set(published.roles) == {"AO", "BAO", "EU"}
    assert {role for section in published.sections for row in section.rows for role in row.roles} <= {"AO", "BAO", "EU"}
