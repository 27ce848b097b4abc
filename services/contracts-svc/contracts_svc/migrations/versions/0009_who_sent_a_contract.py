"""Who sent a contract for signature, for the queue of those who sign: it must be somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("contract", sa.Column("sent_by", sa.Text, comment="the user id of who sent it for signature last"))
