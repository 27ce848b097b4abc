"""The mirror of the enrolment record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0005"
down_revision = "0004"

PARTS = ("status_periods", "licences", "accreditations", "exclusions")
STAFF_READ = "id, ptan, kind, given_name, family_name, valid_from, valid_to"
"""All of an official but the digest."""


def upgrade() -> None:
    op.create_table(
        "enrolment",
        sa.Column("ptan", sa.Text, primary_key=True),
        sa.Column("organization_id", sa.Uuid, sa.ForeignKey("organization.id")),
        sa.Column("version", sa.BigInteger, nullable=False, comment="counts the snapshots that were said"),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("tin", sa.Text, nullable=False, comment="said to nobody: in no snapshot, log or audit row"),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("location", postgresql.JSONB, nullable=False),
        sa.Column("ownership_group", sa.Text),
        *(sa.Column(name, postgresql.JSONB, nullable=False) for name in PARTS),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the record was last seen to stand like this",
        ),
    )
    op.create_index("enrolment_organization_id_idx", "enrolment", ["organization_id"])
    op.create_index("enrolment_tin_idx", "enrolment", ["tin"])
    op.create_table(
        "enrolment_official",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ptan", sa.Text, sa.ForeignKey("enrolment.ptan"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="AO or DO"),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
    )
    op.create_index("enrolment_official_ptan_idx", "enrolment_official", ["ptan"])
    fence_table(op, "identity", "enrolment", org="select")
    fence_table(op, "identity", "enrolment_official", columns=("null::uuid",), org="", staff="")
    op.execute(f"grant select ({STAFF_READ}) on enrolment_official to identity_staff")
