"""The Treasury's list of certified sureties, by which bid surety bonds are checked."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import grant_table

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "surety",
        sa.Column("naic", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("certified", sa.Boolean, nullable=False, comment="false: taken off the list"),
    )
    rights = "select, insert, update"
    grant_table(op, "bidding", "surety", org="", staff=rights, system=rights)
