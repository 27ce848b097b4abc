"""What stood in the database before a revision still stands, and means the same, after it."""

import asyncpg
import pytest

from chassis.migrate import migrate

pytestmark = pytest.mark.storage

BEFORE_LIFECYCLES = """
    insert into organization values (gen_random_uuid(), 'Larkspur Sample Medical, LLC', '9000000101', now());
    insert into person values (gen_random_uuid(), 'DWHITLOCK01', 'Dana', 'Whitlock', 'x@a.example');
    insert into membership (id, person_id, organization_id, role, since)
        select gen_random_uuid(), person.id, organization.id, 'AO', '2026-01-01' from person, organization;
    insert into membership (id, person_id, role, since)
        select gen_random_uuid(), person.id, 'ANALYST', '2026-01-02' from person;
"""


async def test_roles_that_stood_before_lifecycles_are_active(database_for):
    made = await database_for("identity", package=None)
    await migrate("identity_adapter", made.migrator_url, "0001")
    admin = await asyncpg.connect(made.admin_url)
    await admin.execute(BEFORE_LIFECYCLES)
    await migrate("identity_adapter", made.migrator_url)
    rows = await admin.fetch(
        "select role, state, ptan, requested_at = since as asked_then, version from membership order by since"
    )
    await admin.close()
    assert [tuple(row) for row in rows] == [
        ("AO", "ACTIVE", "9000000101", True, 1),
        ("EVALUATION_ANALYST", "ACTIVE", None, True, 1),
    ]
