"""A round tells on which days offices are closed; the sweep that compares it with the table fills it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    comment = "days without business, as told with the round, in order"
    op.add_column(
        "round", sa.Column("closings", postgresql.JSONB, nullable=False, server_default="[]", comment=comment)
    )
    op.alter_column("round", "closings", server_default=None)
