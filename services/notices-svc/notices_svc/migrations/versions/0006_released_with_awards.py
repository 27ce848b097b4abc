"""Notices that were released where they were asked for go out by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    comment = "who released it with the awards: it goes out by itself"
    op.add_column("notice", sa.Column("released_by", sa.Uuid, comment=comment))
