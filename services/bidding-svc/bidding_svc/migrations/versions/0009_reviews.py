"""After the close, reviews of each bidder: cases with their lines, and bids that move by what was decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, rows_at_hand

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB


def upgrade() -> None:
    _cases()
    _findings()
    op.add_column("bid", sa.Column("reasons", JSONB, comment="why it is disqualified"))
    with rows_at_hand(op, "bid"):
        op.execute("update bid set reasons = '[]'")
    op.alter_column("bid", "reasons", nullable=False)
    op.execute("grant update (state, reasons, changed_at) on bid to bidding_staff")


def _cases() -> None:
    op.create_table(
        "review_case",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("priority", sa.BigInteger, nullable=False, comment="1 is most urgent, 3 least"),
        sa.Column("due_at", TIME, nullable=False, comment="what the program gives itself; nobody outside waits for it"),
        sa.Column("assignee", sa.Text, comment="user id of the analyst who has it"),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("recommended_by", sa.Text),
        sa.Column("recommended_at", TIME),
        sa.Column("note", sa.Text, comment="what the analyst says to the approver"),
        sa.Column("returned_because", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", TIME),
        sa.UniqueConstraint("bidder_id", "kind", name="review_case_bidder_id_kind_key"),
    )
    op.create_index("review_case_opened_idx", "review_case", ["round_code", "state", "id"])
    op.create_index("review_case_due_idx", "review_case", ["round_code", "state", "due_at", "id"])
    op.create_index("review_case_urgent_idx", "review_case", ["round_code", "state", "priority", "due_at", "id"])
    op.create_index("review_case_mine_idx", "review_case", ["assignee", "state", "due_at", "id"])
    fence_table(op, "bidding", "review_case", staff="select, insert, update")


def _findings() -> None:
    op.create_table(
        "review_finding",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, sa.ForeignKey("review_case.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bid_id", sa.Uuid, sa.ForeignKey("bid.id")),
        sa.Column("requirement_id", sa.Uuid, sa.ForeignKey("requirement.id")),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("proposed", sa.String(40), comment="null: it could not be checked"),
        sa.Column("proposed_reasons", JSONB, nullable=False),
        sa.Column("outcome", sa.String(40)),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("overridden_by", sa.Text),
        sa.Column("overridden_because", sa.Text),
    )
    op.create_index("review_finding_case_idx", "review_finding", ["case_id", "id"])
    op.create_index("review_finding_bid_id_idx", "review_finding", ["bid_id"])
    fence_table(op, "bidding", "review_finding", staff="select, insert, update")
