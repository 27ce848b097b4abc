"""Enrolled locations, as the mirror of the enrolment record says them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0003"
down_revision = "0002"

PARTS = ("location", "status_periods", "licences", "accreditations", "exclusions")


def upgrade() -> None:
    op.create_table(
        "enrolled_location",
        sa.Column("ptan", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, comment="the snapshot's; a lower one changes nothing"),
        sa.Column("organization_id", sa.Uuid),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("ownership_group", sa.Text),
        *(sa.Column(name, postgresql.JSONB, nullable=False) for name in PARTS),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("enrolled_location_organization_id_idx", "enrolled_location", ["organization_id"])
    fence_table(op, "contracts", "enrolled_location", org="select")
