"""A bidder may file one inquiry about its disqualified bids."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0016"
down_revision = "0015"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False, unique=True),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False, comment="the disqualification notice it is about"),
        sa.Column("slot_id", sa.Uuid, nullable=False, unique=True, comment="where its files arrive"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("draft", sa.Text, nullable=False, comment="words that were not submitted; they never count"),
        sa.Column("submitted_at", TIME, comment="the last submission"),
        sa.Column("decided_at", TIME),
    )
    op.create_index("inquiry_organization_id_idx", "inquiry", ["organization_id"])
    op.create_index("inquiry_due_idx", "inquiry", ["state", "due_at"])
    op.create_table(
        "inquiry_entry",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("inquiry_id", sa.Uuid, sa.ForeignKey("inquiry.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("files", postgresql.JSONB, nullable=False, comment="as their receipts tell them"),
        sa.Column("submitted_at", TIME, nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid),
    )
    op.create_index("inquiry_entry_inquiry_id_idx", "inquiry_entry", ["inquiry_id"])
    fence_table(op, "bidding", "inquiry", staff="select, update")
    fence_table(op, "bidding", "inquiry_entry", org="select, insert")
