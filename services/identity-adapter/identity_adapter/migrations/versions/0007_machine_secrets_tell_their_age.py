"""A machine's secret keeps when it was made."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import rows_at_hand

revision = "0007"
down_revision = "0006"

_FROM_ID = """
    update machine_secret
    set made_at = to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
"""
"""A UUIDv7 begins with the milliseconds of when it was made (RFC 9562, section 5.7)."""


def upgrade() -> None:
    made_at = sa.Column("made_at", sa.DateTime(timezone=True), comment="machine time")
    op.add_column("machine_secret", made_at)
    with rows_at_hand(op, "machine_secret"):
        op.execute(_FROM_ID)
    op.alter_column("machine_secret", "made_at", nullable=False)
