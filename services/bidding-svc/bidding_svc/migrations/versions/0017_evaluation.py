"""Evaluations of a round: runs with their kept inputs, results by competition and bid; expected units of items."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import grant_table

revision = "0017"
down_revision = "0016"

TIME = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB


def upgrade() -> None:
    """No organization may read any of it; rows name bidders by number, and COPY writes no table behind policies."""
    _runs()
    _results()
    op.create_table(
        "expected_units",
        sa.Column("round_code", sa.Text, primary_key=True),
        sa.Column("category_code", sa.Text, primary_key=True),
        sa.Column("cba_code", sa.Text, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_code", "category_code", "cba_code"],
            ["competition.round_code", "competition.category_code", "competition.cba_code"],
        ),
    )
    grant_table(op, "bidding", "expected_units", org="", staff="select, insert, update", system="select")


def _runs() -> None:
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("rules", JSONB, nullable=False, comment="the rule set as it stood"),
        sa.Column("competitions", sa.BigInteger, nullable=False),
        sa.Column("bids", sa.BigInteger, nullable=False),
        sa.Column("inputs_digest", sa.Text),
        sa.Column("digest", sa.Text, comment="of rules, inputs and results"),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("frozen_at", TIME, comment="as of when its inputs were taken"),
        sa.Column("completed_at", TIME),
        sa.Column("checked_at", TIME),
        sa.Column("stale_at", TIME),
        sa.Column("released_at", TIME),
        sa.Column("released_by", sa.Text),
    )
    op.create_index(
        "evaluation_run_under_way_idx",
        "evaluation_run",
        ["round_code"],
        unique=True,
        postgresql_where=sa.text("state in ('REQUESTED', 'RUNNING', 'CHECKING')"),
    )
    op.create_index("evaluation_run_round_idx", "evaluation_run", ["round_code", "id"])
    grant_table(op, "bidding", "evaluation_run", org="", staff="select, insert, update", system="select, update")


def _results() -> None:
    op.create_table(
        "evaluation_competition",
        sa.Column("run_id", sa.Uuid, sa.ForeignKey("evaluation_run.id"), primary_key=True),
        sa.Column("category_code", sa.Text, primary_key=True),
        sa.Column("cba_code", sa.Text, primary_key=True),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("inputs_digest", sa.Text, nullable=False),
        sa.Column("result", JSONB),
        sa.Column("digest", sa.Text, comment="null until it is evaluated"),
        sa.Column("same", sa.Boolean, comment="whether computing it again gave the same; null until then"),
    )
    for name, column in (("open", "digest"), ("unchecked", "same")):
        op.create_index(
            f"evaluation_competition_{name}_idx",
            "evaluation_competition",
            ["run_id"],
            postgresql_where=sa.text(f"{column} is null"),
        )
    grant_table(op, "bidding", "evaluation_competition", org="", staff="select", system="select, insert, update")
    op.create_table(
        "evaluation_bid",
        sa.Column("run_id", sa.Uuid, sa.ForeignKey("evaluation_run.id"), primary_key=True),
        sa.Column("bid_id", sa.Uuid, sa.ForeignKey("bid.id"), primary_key=True),
        sa.Column("category_code", sa.Text, nullable=False),
        sa.Column("cba_code", sa.Text, nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("rank", sa.BigInteger, comment="null: takes no part in the array"),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.Numeric),
        sa.Column("cumulative", sa.Numeric),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("evaluation_bid_competition_idx", "evaluation_bid", ["run_id", "category_code", "cba_code", "rank"])
    grant_table(op, "bidding", "evaluation_bid", org="", staff="select", system="select, insert")
