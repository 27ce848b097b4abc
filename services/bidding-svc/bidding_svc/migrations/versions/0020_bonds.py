"""Bid surety bonds: one of each bidder for each area, from the upload to its return or forfeiture."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0020"
down_revision = "0019"

TIME = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB


def upgrade() -> None:
    op.create_table(
        "bond",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("cba_code", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False, comment="the area's name"),
        sa.Column("requirement_id", sa.Uuid, sa.ForeignKey("requirement.id"), nullable=False, unique=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False, comment="what the rule set asks for in this area"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("paper", JSONB, comment="as keyed in; null: nobody has read it yet"),
        sa.Column("surety_naic", sa.Text),
        sa.Column("number_folded", sa.Text, comment="the bond number, to compare by"),
        sa.Column("return_due_at", TIME, comment="as told once the suppliers were announced"),
        sa.Column("warn_at", TIME),
        sa.Column("warned_at", TIME),
        sa.Column("late_offers_until", TIME, comment="offers made until then put it at risk"),
        sa.Column("given_up", JSONB, nullable=False, comment="the lines that forfeit it"),
        sa.Column("surety_notified_on", sa.Date),
        sa.Column("surety_reference", sa.Text),
        sa.Column("collected_on", sa.Date),
        sa.Column("collection_reference", sa.Text),
        sa.Column("reported_at", TIME, comment="as falsified, and not decided yet"),
        sa.Column("reported_because", sa.Text),
        sa.Column("bar", sa.String(40)),
        sa.Column("referred", sa.Boolean, comment="to the OIG and the Department of Justice"),
        sa.Column("decided_at", TIME, comment="when it came to the state it is in"),
        sa.Column("decided_by", sa.Text),
        sa.UniqueConstraint("bidder_id", "cba_code", name="bond_bidder_id_cba_code_key"),
    )
    op.create_index("bond_organization_id_idx", "bond", ["organization_id"])
    op.create_index("bond_work_idx", "bond", ["round_code", "state", "id"])
    op.create_index("bond_return_idx", "bond", ["round_code", "state", "return_due_at", "id"])
    op.create_index("bond_warn_idx", "bond", ["warn_at"], postgresql_where=sa.text("warned_at is null"))
    op.create_index("bond_number_idx", "bond", ["surety_naic", "number_folded"])
    op.create_index("bond_reported_idx", "bond", ["id"], postgresql_where=sa.text("reported_at is not null"))
    fence_table(op, "bidding", "bond", org="select, update", staff="select, update")
