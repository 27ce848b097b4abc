"""Form A of each bidder, Form B and the bid in each competition."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, rows_at_hand

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)
IN_EVALUATION = (
    "exists (select 1 from round where round.code = round_code and round.phase not in "
    "('DRAFT', 'ANNOUNCED', 'REGISTRATION', 'BIDDING'))"
)
"""Staff see no form and no bid before the round is in evaluation (domain/bidding.md 6)."""
OF_A_FORM_THEY_SEE = "exists (select 1 from form_a where form_a.id = form_id)"


def upgrade() -> None:
    _form_a()
    _bids()


def _form_a() -> None:
    op.create_table(
        "form_a",
        sa.Column("id", sa.Uuid, sa.ForeignKey("bidder.id"), primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("state_at_close", sa.Text, comment="the last state before it was locked"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("business", postgresql.JSONB, nullable=False),
        sa.Column("disclosures", postgresql.JSONB, nullable=False),
        sa.Column("approved_at", TIME),
        sa.Column("approved_by", sa.Text),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("form_a_organization_id_idx", "form_a", ["organization_id"])
    op.create_index("form_a_round_code_idx", "form_a", ["round_code"])
    op.create_table(
        "form_a_entry",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("form_id", sa.Uuid, sa.ForeignKey("form_a.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False, comment="the PTAN of a location or member; any id of a link"),
        sa.Column("ptan", sa.Text, comment="whom the entry names, where it has a PTAN"),
        sa.Column("kept", postgresql.JSONB, nullable=False),
        sa.UniqueConstraint("form_id", "section", "key", name="form_a_entry_form_id_section_key_key"),
    )
    op.create_index("form_a_entry_ptan_idx", "form_a_entry", ["ptan", "section"])
    with rows_at_hand(op, "bidder"):
        op.execute(
            "insert into form_a (id, organization_id, round_code, state, version, business, disclosures, changed_at) "
            "select id, organization_id, round_code, 'EMPTY', 0, '{}', '{}', numbered_at from bidder"
        )
    fence_table(op, "bidding", "form_a", staff_rows=IN_EVALUATION)
    fence_table(op, "bidding", "form_a_entry", org="select, insert, update, delete", staff_rows=OF_A_FORM_THEY_SEE)


def _bids() -> None:
    op.create_table(
        "bid",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("category_code", sa.Text, nullable=False),
        sa.Column("cba_code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False, comment="category and area, in words"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        sa.Column("form_at_close", sa.Text, comment="the last state of Form B before it was locked"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("kept", postgresql.JSONB, nullable=False),
        sa.Column("amount_cents", sa.BigInteger),
        sa.Column("capacity", sa.BigInteger, comment="lead item units a calendar year"),
        sa.Column("reason", sa.Text, comment="why it is incomplete"),
        sa.Column("submitted_at", TIME),
        sa.Column("certified_by", sa.Text),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_code", "category_code", "cba_code"],
            ["competition.round_code", "competition.category_code", "competition.cba_code"],
        ),
    )
    op.create_index(
        "bid_one_idx",
        "bid",
        ["bidder_id", "category_code", "cba_code"],
        unique=True,
        postgresql_where=sa.text("state <> 'WITHDRAWN'"),
    )
    op.create_index("bid_mine_idx", "bid", ["organization_id", "round_code", "id"])
    op.create_index("bid_competition_idx", "bid", ["round_code", "category_code", "cba_code"])
    fence_table(op, "bidding", "bid", staff_rows=IN_EVALUATION)
