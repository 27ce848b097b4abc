"""Fee schedule amounts, and days on which offices are closed."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import grant_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "fee",
        sa.Column("year", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "closing",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    for table in ("fee", "closing"):
        grant_table(op, "bidding", table, org="select", staff="select, insert, update", system="select")
