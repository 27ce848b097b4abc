"""Records are kept by a schedule: bodies of records and when their time is over, holds, disposals, what was erased."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table, grant_table

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)
STATE = sa.String(20)


def upgrade() -> None:
    op.add_column("slot", sa.Column("records", sa.Text))
    for table in ("upload", "file"):
        op.add_column(table, sa.Column("erased_at", TIME))
    _schedule()
    _holds()
    _disposals()
    op.execute("grant update (given_name, family_name, address) on signature to documents_system")


def _schedule() -> None:
    op.create_table(
        "records_schedule",
        sa.Column("records", sa.Text, primary_key=True),
        sa.Column("document", sa.Text, primary_key=True, comment="kind of document; empty: every other"),
        sa.Column("years", sa.BigInteger, nullable=False),
        sa.Column("closed_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False, comment="from then on it may be erased"),
    )
    grant_table(op, "documents", "records_schedule", org="", staff="select", system="select, insert")


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid),
        sa.Column("records", sa.Text),
        sa.Column("matter", sa.Text, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("placed_by", sa.Text, nullable=False, comment="user id"),
        sa.Column("lifted_at", TIME),
        sa.Column("lifted_by", sa.Text, comment="user id"),
        sa.Column("lifted_because", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("legal_hold_state_placed_at_id_idx", "legal_hold", ["state", "placed_at", "id"])
    # An organization is not told that it is under a hold: it has no right to the table at all.
    fence_table(op, "documents", "legal_hold", org="", staff="select, insert, update", system="select")


def _disposals() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("due_before", TIME, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False, comment="user id"),
        sa.Column("approved_at", TIME),
        sa.Column("approved_by", sa.Text, comment="user id"),
        sa.Column("ended_at", TIME),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("disposal_state_approved_at_idx", "disposal", ["state", "approved_at"])
    op.create_index("disposal_proposed_at_id_idx", "disposal", ["proposed_at", "id"])
    grant_table(op, "documents", "disposal", org="", staff="select, insert, update", system="select, update")
