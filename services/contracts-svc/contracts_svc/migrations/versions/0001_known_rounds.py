"""The rounds contracts-svc knows, with the rule sets its contracts will live by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import grant_table
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "contracts")
    op.create_table(
        "known_round",
        sa.Column("round_code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("rule_set", postgresql.JSONB, nullable=False),
        sa.Column("calendar", postgresql.JSONB, nullable=False, comment="date code to its day and last instant"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    grant_table(op, "contracts", "known_round", org="select", staff="select", system="select, insert, update")
