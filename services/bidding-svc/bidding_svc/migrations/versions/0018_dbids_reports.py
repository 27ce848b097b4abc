"""What was last taken of each form entered in DBidS."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table

revision = "0018"
down_revision = "0017"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dbids_report",
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), primary_key=True),
        sa.Column("about", sa.Text, primary_key=True, comment="form-a, or the competition: category/area"),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, comment="of DBidS; a lower one changes nothing"),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("signed_by", sa.Text, comment="who approved or certified it there"),
        sa.Column("signed_at", TIME),
    )
    op.create_index("dbids_report_organization_id_idx", "dbids_report", ["organization_id"])
    fence_table(op, "bidding", "dbids_report", org="select", staff="")
