"""Rounds with their rule sets, bidder numbers, document requirements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
REFERENCE = ("rule_set", "round", "round_date", "category", "cba", "competition")


def upgrade() -> None:
    create_chassis_tables(op, "bidding")
    _rounds()
    _bidders()
    _requirements()
    for table in REFERENCE:
        grant_table(op, "bidding", table, org="select", staff="select", system="select, insert, update")


def _rounds() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("parameters", postgresql.JSONB, nullable=False),
        sa.UniqueConstraint("name", "version", name="rule_set_name_version_key"),
    )
    op.create_table(
        "round",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("rule_set_id", sa.Uuid, sa.ForeignKey("rule_set.id"), nullable=False),
        sa.Column("next_move_at", TIME, comment="when the calendar moves it on"),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("round_next_move_at_idx", "round", ["next_move_at"])
    op.create_table(
        "round_date",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("until", TIME),
        sa.Column("certainty", sa.Text, nullable=False, comment="target or actual"),
    )
    op.create_table(
        "category",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("lead_item", sa.Text),
        sa.Column("remote_item", sa.Boolean, nullable=False),
        sa.Column("contract_count", sa.BigInteger),
        sa.Column("removed_on", sa.Date),
        sa.Column("made_up", sa.Boolean, nullable=False),
    )
    op.create_table(
        "cba",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("made_up", sa.Boolean, nullable=False),
    )
    op.create_table(
        "competition",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        sa.Column("category_code", sa.Text, primary_key=True),
        sa.Column("cba_code", sa.Text, primary_key=True),
        sa.Column(
            "bid_limit_cents",
            sa.BigInteger,
            nullable=False,
            comment="fee schedule amount of the lead item, unadjusted",
        ),
        sa.Column("demand", sa.BigInteger, nullable=False, comment="lead item units a calendar year"),
        sa.Column("made_up", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["round_code", "category_code"], ["category.round_code", "category.code"]),
        sa.ForeignKeyConstraint(["round_code", "cba_code"], ["cba.round_code", "cba.code"]),
    )


def _bidders() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("bidder_number_seq", start=2840001)))
    for kind in ("org", "system"):
        op.execute(f"grant usage on sequence bidder_number_seq to bidding_{kind}")
    op.create_table(
        "organization",
        sa.Column("organization_id", sa.Uuid, primary_key=True),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("ptan", sa.Text, nullable=False),
    )
    op.create_table(
        "bidder",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("numbered_at", TIME, nullable=False),
        sa.UniqueConstraint("organization_id", "round_code", name="bidder_organization_id_round_code_key"),
    )
    fence_table(op, "bidding", "organization")
    fence_table(op, "bidding", "bidder")


def _requirements() -> None:
    op.create_table(
        "requirement",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("stands_in_for", sa.Text),
        sa.Column("covered", sa.Boolean, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("slot_in_force", sa.Boolean, nullable=False, comment="documents-svc has echoed these times"),
        sa.Column("opens_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("cdrd_at", TIME, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("received_at", TIME),
        sa.Column("by_cdrd", sa.Boolean, nullable=False),
        sa.Column("met_by_stand_ins", sa.Boolean, nullable=False),
    )
    op.create_index("requirement_bidder_id_idx", "requirement", ["bidder_id"])
    op.create_index("requirement_mine_idx", "requirement", ["organization_id", "round_code", "id"])
    op.create_table(
        "received_file",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        sa.Column("requirement_id", sa.Uuid, sa.ForeignKey("requirement.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("in_time", sa.Boolean, nullable=False),
        sa.Column("rejected", sa.Boolean, nullable=False),
    )
    op.create_index("received_file_requirement_id_idx", "received_file", ["requirement_id"])
    fence_table(op, "bidding", "requirement")
    fence_table(op, "bidding", "received_file")
