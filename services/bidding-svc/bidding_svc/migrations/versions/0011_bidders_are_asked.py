"""Reviews ask the bidder by a notice; the lead item amounts of a round are screened once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import grant_table, rows_at_hand

revision = "0011"
down_revision = "0010"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("recommended_person", sa.Uuid, comment="who drafted what the bidder is asked"),
        sa.Column("notice_id", sa.Uuid, comment="the notice by which the bidder is asked"),
        sa.Column("slot_id", sa.Uuid, comment="where the bidder's evidence arrives"),
        sa.Column("answer_due_at", TIME, comment="as notices-svc told it"),
        sa.Column("answered_at", TIME, comment="the last answer in time"),
        sa.Column("overdue", sa.Boolean, comment="notices-svc told that nothing came in time"),
        sa.Column("asked", sa.Boolean, comment="the answer was due: lines pass or fail now"),
    ):
        op.add_column("review_case", column)
    with rows_at_hand(op, "review_case"):
        op.execute("update review_case set asked = false, overdue = false")
    for name in ("overdue", "asked"):
        op.alter_column("review_case", name, nullable=False)
    op.create_index(
        "review_case_answer_due_idx",
        "review_case",
        ["answer_due_at"],
        postgresql_where=sa.text("state = 'NOTICE_ISSUED'"),
    )
    op.create_unique_constraint("review_case_notice_id_key", "review_case", ["notice_id"])
    op.create_unique_constraint("review_case_slot_id_key", "review_case", ["slot_id"])
    op.create_table(
        "amount_screen",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("screened_at", TIME, nullable=False),
        sa.Column("statistics", postgresql.JSONB, nullable=False, comment="by lead item; money in cents"),
        sa.Column("bids", sa.BigInteger, nullable=False),
        sa.Column("flagged", sa.BigInteger, nullable=False),
    )
    grant_table(op, "bidding", "amount_screen", org="", staff="select", system="select, insert")
