"""To-Dos and recent activity, each row with the permission needed to see it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_chassis_tables(op, "notices")
    op.create_table(
        "todo",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("permission", sa.Text, nullable=False, comment="needed to see it"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("done_at", TIME),
        sa.UniqueConstraint("about", "kind", name="todo_about_kind_key"),
    )
    op.create_index("todo_mine_idx", "todo", ["organization_id", "state", "id"])
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("permission", sa.Text, nullable=False, comment="needed to see it"),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.UniqueConstraint("about", "kind", name="activity_about_kind_key"),
    )
    op.create_index("activity_mine_idx", "activity", ["organization_id", "occurred_at", "id"])
    fence_table(op, "notices", "todo")
    fence_table(op, "notices", "activity", org="select, insert", system="select, insert")
