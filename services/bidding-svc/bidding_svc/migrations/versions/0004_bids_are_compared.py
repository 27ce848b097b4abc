"""Bids of one competition are compared with each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    compared = sa.Column("compared_version", sa.BigInteger, comment="the version its bids were last compared by")
    op.add_column("form_a", compared)
    op.execute("update form_a set compared_version = 0")
    op.alter_column("form_a", "compared_version", nullable=False)
    op.create_index("form_a_compare_idx", "form_a", ["id"], postgresql_where=sa.text("compared_version < version"))
    since = "its competition is to be compared since then"
    op.add_column("bid", sa.Column("compare_at", sa.DateTime(timezone=True), comment=since))
    op.execute("update bid set compare_at = changed_at where state <> 'WITHDRAWN'")
    op.create_index("bid_compare_idx", "bid", ["compare_at"], postgresql_where=sa.text("compare_at is not null"))
    told = "what comparing found, and whom it is told"
    op.add_column("bid", sa.Column("findings", postgresql.JSONB, comment=told))
    op.execute("update bid set findings = '{}'")
    op.alter_column("bid", "findings", nullable=False)
