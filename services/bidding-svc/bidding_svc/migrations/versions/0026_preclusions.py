"""Suppliers that are precluded from a round, as contracts-svc said."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "preclusion",
        sa.Column("id", sa.Uuid, primary_key=True, comment="given by contracts-svc"),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False, comment="the round that is closed to the supplier"),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
    )
    op.create_index("preclusion_round_idx", "preclusion", ["round_code", "organization_id"])
    fence_table(op, "bidding", "preclusion", org="select, insert")
