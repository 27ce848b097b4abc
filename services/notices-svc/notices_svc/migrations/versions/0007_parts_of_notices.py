"""Notices with more rows than one record of Kafka takes: parts that wait for their request, and rows that came so."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "notice_part",
        sa.Column("notice_id", sa.Uuid, primary_key=True),
        sa.Column("part", sa.BigInteger, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("fields", postgresql.JSONB, nullable=False),
    )
    fence_table(op, "notices", "notice_part", org="select, insert, update, delete", staff="")
    comment = "the fields of its second and further parts"
    op.add_column(
        "notice", sa.Column("further", postgresql.JSONB, nullable=False, server_default="[]", comment=comment)
    )
    op.alter_column("notice", "further", server_default=None)
