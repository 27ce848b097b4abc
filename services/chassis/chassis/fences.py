"""Who sees which row, by database role (plan section 7).

A migrator owns the tables. The service logs in as a role that may touch nothing; each transaction takes on
one of three roles and, for an organization, names it in `app.org`. With nothing set, access is denied.

    <service>_org      people of one organization: its rows only
    <service>_staff    CMS and CBIC staff, and machines: rows of every organization
    <service>_system   relay, sweeps, sealing, and events that belong to no organization
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection

EVERY_ROW = "true"
NO_ORGANIZATION = "organization_id is null"
_MINE = "(select nullif(current_setting('app.org', true), '')::uuid)"
_WRITERS = "select, insert, update, delete"


class MigrationOperations(Protocol):
    """What a migration hands over: `alembic.op`."""

    def execute(self, sqltext: str, /) -> None:
        """Run a statement."""
        ...

    def get_bind(self) -> Connection:
        """Return the connection the migration runs on."""
        ...


def role(service: str, kind: str) -> str:
    """The database role of a service's fence, such as `documents_org`."""
    return f"{service}_{kind}"


def grant_table(op: MigrationOperations, service: str, table: str, *, org: str, staff: str, system: str) -> None:
    """Grant plain rights on a table that belongs to no organization (reference data, plumbing).

    Each of `org`, `staff`, `system` is a list of privileges ("select, insert"), or "" for none.
    """
    for kind, privileges in (("org", org), ("staff", staff), ("system", system)):
        if privileges:
            op.execute(f'grant {privileges} on "{table}" to {role(service, kind)}')


@contextmanager
def rows_at_hand(op: MigrationOperations, *tables: str) -> Iterator[None]:
    """Let a migration read and change the rows of fenced tables; outside of this even their owner sees none."""
    for table in tables:
        op.execute(f'alter table "{table}" no force row level security')
    yield
    for table in tables:
        op.execute(f'alter table "{table}" force row level security')


def fence_table(
    op: MigrationOperations,
    service: str,
    table: str,
    *,
    columns: Sequence[str] = ("organization_id",),
    org: str = "select, insert, update",
    staff: str = "select",
    staff_rows: str = EVERY_ROW,
    system: str = _WRITERS,
) -> None:
    """Put a table behind row-level security: an organization sees a row when any of `columns` names it.

    A row with two parties (a transfer) has two columns and still one policy. `staff_rows` narrows what staff
    see by a condition on the row.
    """
    grant_table(op, service, table, org=org, staff=staff, system=system)
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    mine = " or ".join(f"{column} = {_MINE}" for column in columns)
    for kind, rows in (("org", mine), ("staff", staff_rows), ("system", EVERY_ROW)):
        op.execute(
            f'create policy {kind} on "{table}" for all to {role(service, kind)} using ({rows}) with check ({rows})'
        )
