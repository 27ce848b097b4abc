"""A cancelled round and a removed competition end what they asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    comment = "when it was cancelled; nothing is asked since then"
    op.add_column("round", sa.Column("cancelled_at", TIME, comment=comment))
    op.execute("update round set cancelled_at = changed_at where phase = 'CANCELLED'")
    comment = "when no bid was left of one that was removed"
    op.add_column("competition", sa.Column("bids_removed_at", TIME, comment=comment))
    op.create_index(
        "competition_bids_left_idx",
        "competition",
        ["round_code"],
        postgresql_where=sa.text("state = 'REMOVED' and bids_removed_at is null"),
    )
