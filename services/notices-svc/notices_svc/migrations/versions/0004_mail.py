"""E-mail that points to the portal: where people are reached, and what became of each pointer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("membership_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("permissions", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("contact_organization_idx", "contact", ["organization_id"])
    fence_table(op, "notices", "contact", staff="")
    op.create_table(
        "pointer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False),
        sa.Column("membership_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False, comment="of a claimed one: when its claim runs out"),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.Text, comment="what the server answered last: a code, never a text"),
        sa.Column("handed_over_at", TIME),
        sa.Column("settled_by", sa.Uuid),
        sa.Column("note", sa.Text),
        sa.UniqueConstraint(
            "notice_id", "person_id", "channel", "occasion", name="pointer_notice_id_person_id_channel_occasion_key"
        ),
    )
    under_way = sa.text("state in ('WAITING', 'SENDING')")
    op.create_index("pointer_waiting_idx", "pointer", ["next_try_at"], postgresql_where=under_way)
    op.create_index("pointer_state_idx", "pointer", ["state", "id"])
    fence_table(op, "notices", "pointer", org="", staff="select, update", system="select, insert, update")
