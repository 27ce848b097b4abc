"""How far the bidders of a round are, in numbers that staff may see; bidders are listed by round and number."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import grant_table

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "round_progress",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bidders", sa.BigInteger, nullable=False),
        sa.Column("forms", postgresql.JSONB, nullable=False, comment="Forms A by state"),
        sa.Column("bids", postgresql.JSONB, nullable=False, comment="by state, as their bidders read it"),
        sa.Column("documents", postgresql.JSONB, nullable=False),
    )
    grant_table(op, "bidding", "round_progress", org="", staff="select", system="select, insert, update")
    op.create_index("bidder_round_idx", "bidder", ["round_code", "number"])
