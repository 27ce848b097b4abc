"""Days without business that a round tells of: a contract's dates are computed past them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    closings = sa.Column(
        "closings", postgresql.JSONB, nullable=False, server_default="[]", comment="days without business"
    )
    op.add_column("known_round", closings)
    op.alter_column("known_round", "closings", server_default=None)
