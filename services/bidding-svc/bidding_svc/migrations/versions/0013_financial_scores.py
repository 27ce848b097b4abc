"""Financial scores: what was keyed, the scorings of a round, and what bidders see once it is released."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table

revision = "0013"
down_revision = "0012"

TIME = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB
IN_EVALUATION = (
    "exists (select 1 from round where round.code = round_code and round.phase not in "
    "('DRAFT', 'ANNOUNCED', 'REGISTRATION', 'BIDDING'))"
)
"""Staff permissions on bid papers take effect only once the round is in evaluation."""


def upgrade() -> None:
    op.create_table(
        "scoring_run",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("rule_set_id", sa.Uuid, sa.ForeignKey("rule_set.id"), nullable=False),
        sa.Column("distribution", JSONB, nullable=False),
        sa.Column("subjects", sa.BigInteger, nullable=False),
        sa.Column("median_total", sa.Text, comment="null where too few are behind it to be told"),
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of rules, sheets and results in canonical JSON"),
        sa.Column("run_at", TIME, nullable=False),
        sa.Column("run_by", sa.Text, nullable=False),
        sa.Column("frozen_at", TIME),
    )
    op.create_index("scoring_run_round_code_idx", "scoring_run", ["round_code"])
    grant_table(op, "bidding", "scoring_run", org="", staff="select, insert, update", system="select, insert, update")
    op.create_table(
        "financial_score",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("sheet", JSONB, nullable=False, comment="what was keyed beside the documents"),
        sa.Column("keyed_by", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("run_id", sa.Uuid, sa.ForeignKey("scoring_run.id")),
        sa.Column("outcome", sa.Text),
        sa.Column("total", sa.Text, comment="decimal, rounded once"),
        sa.Column("result", JSONB, comment="the score with its explanation"),
        sa.Column("correction", JSONB, comment="proposed after an upheld inquiry"),
        sa.Column("earlier", JSONB, nullable=False, comment="sheets and results before recalculation, oldest first"),
        sa.Column("changed_at", TIME, nullable=False),
        sa.UniqueConstraint("bidder_id", "member", name="financial_score_bidder_id_member_key"),
    )
    op.create_index("financial_score_round_idx", "financial_score", ["round_code", "state", "id"])
    fence_table(op, "bidding", "financial_score", org="", staff="select, insert, update", staff_rows=IN_EVALUATION)
    op.create_table(
        "score_summary",
        sa.Column("score_id", sa.Uuid, sa.ForeignKey("financial_score.id"), primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("summary", JSONB, nullable=False),
        sa.Column("released_at", TIME, nullable=False),
    )
    op.create_index("score_summary_mine_idx", "score_summary", ["organization_id", "round_code"])
    fence_table(op, "bidding", "score_summary", org="select", staff="select, insert, update")
