"""When a reporting period reminds of its reports: planned with its due date, and stored."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "form_c_period",
        sa.Column(
            "reminders",
            postgresql.JSONB,
            nullable=False,
            server_default="[]",
            comment="moments that lie ahead, in order",
        ),
    )
    op.add_column(
        "form_c_period", sa.Column("remind_at", sa.DateTime(timezone=True), comment="the next of its reminders")
    )
    # A few periods of each contract: the index is made in moments.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index form_c_period_remind_idx on form_c_period (remind_at) where remind_at is not null"
    )
