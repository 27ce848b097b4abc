"""The sealed copies of contract versions."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sealed_copy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version_id", sa.Uuid, sa.ForeignKey("contract_version.id"), nullable=False),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("sealed_at", TIME),
        sa.Column("sha256", sa.Text),
        sa.Column("size", sa.BigInteger, comment="bytes"),
        sa.Column("level", sa.Text, comment="PAdES B-B or PAdES B-LTA"),
    )
    op.create_index("sealed_copy_version_idx", "sealed_copy", ["contract_id", "number"], unique=True)
    op.create_index(
        "sealed_copy_waiting_idx", "sealed_copy", ["asked_at"], postgresql_where=sa.text("state = 'TO_BE_SEALED'")
    )
    fence_table(op, "contracts", "sealed_copy", org="select", staff="select, insert")
