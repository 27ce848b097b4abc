"""Bids of one competition are compared with each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import rows_at_hand

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    compared = sa.Column("compared_version", sa.BigInteger, comment="the version its bids were last compared by")
    op.add_column("form_a", compared)
    since = "its competition is to be compared since then"
    op.add_column("bid", sa.Column("compare_at", sa.DateTime(timezone=True), comment=since))
    told = "what comparing found, and whom it is told"
    op.add_column("bid", sa.Column("findings", postgresql.JSONB, comment=told))
    with rows_at_hand(op, "form_a", "bid"):
        op.execute("update form_a set compared_version = 0")
        op.execute("update bid set findings = '{}'")
        op.execute("update bid set compare_at = changed_at where state <> 'WITHDRAWN'")
    op.alter_column("form_a", "compared_version", nullable=False)
    op.alter_column("bid", "findings", nullable=False)
    op.create_index("form_a_compare_idx", "form_a", ["id"], postgresql_where=sa.text("compared_version < version"))
    op.create_index("bid_compare_idx", "bid", ["compare_at"], postgresql_where=sa.text("compare_at is not null"))
