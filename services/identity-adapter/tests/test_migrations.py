"""What stood in the database before a revision still stands, and means the same, after it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from chassis import machine_time
from chassis.ids import new_id
from chassis.migrate import migrate

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)

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


async def test_open_sessions_go_on_and_end_when_they_would_have_ended(database_for):
    made = await database_for("identity", package=None)
    await migrate("identity_adapter", made.migrator_url, "0005")
    person, renewed, nearly_over = uuid4(), uuid4(), uuid4()
    admin = await asyncpg.connect(made.admin_url)
    await admin.execute("insert into person values ($1, 'DWHITLOCK01', 'Dana', 'Whitlock', 'd@a.example')", person)
    for session, ends_at in ((renewed, AT + timedelta(hours=5)), (nearly_over, AT + timedelta(minutes=7))):
        await admin.execute(
            "insert into signed_in_session "
            "(id, secret_hash, person_id, state, signed_in_at, opened_at, seen_at, ends_at) "
            "values ($1, $2, $3, 'OPEN', $4, $4, $4, $5)",
            *(session, session.hex, person, AT, ends_at),
        )
    await migrate("identity_adapter", made.migrator_url)
    rows = await admin.fetch("select id, idle_at, browser, state from signed_in_session")
    await admin.close()
    assert {(row["id"], row["idle_at"], row["browser"], row["state"]) for row in rows} == {
        (renewed, AT + timedelta(minutes=30), "Unknown browser", "OPEN"),
        (nearly_over, AT + timedelta(minutes=7), "Unknown browser", "OPEN"),
    }


async def test_secrets_of_machines_tell_since_when_they_are_good(database_for):
    made = await database_for("identity", package=None)
    await migrate("identity_adapter", made.migrator_url, "0006")
    admin = await asyncpg.connect(made.admin_url)
    machine, secret = new_id(), new_id()
    await admin.execute("insert into machine values ($1, 'downstream', 'A downstream system', '[]')", machine)
    await admin.execute(
        "insert into machine_secret (id, machine_id, secret_hash) values ($1, $2, 'h')", secret, machine
    )
    await migrate("identity_adapter", made.migrator_url)
    made_at = await admin.fetchval("select made_at from machine_secret")
    await admin.close()
    assert timedelta() <= machine_time.now() - made_at < timedelta(minutes=1)
