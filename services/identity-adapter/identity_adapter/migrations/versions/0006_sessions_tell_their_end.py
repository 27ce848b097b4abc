"""A session keeps when it ends and in which browser it was begun; a sign-in may be one that is asked for again."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import rows_at_hand

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("signed_in_session", sa.Column("idle_at", TIME, comment="when it ends unless it is renewed before"))
    op.add_column("signed_in_session", sa.Column("browser", sa.Text, comment="in words, for its owner"))
    with rows_at_hand(op, "signed_in_session"):
        op.execute(
            "update signed_in_session "
            "set idle_at = least(seen_at + interval '30 minutes', ends_at), browser = 'Unknown browser'"
        )
    op.alter_column("signed_in_session", "idle_at", nullable=False)
    op.alter_column("signed_in_session", "browser", nullable=False)
    op.alter_column(
        "signed_in_session",
        "organization_id",
        existing_type=sa.Uuid,
        comment="whom the person acts for; null: inside the program, or nobody yet",
    )
    op.drop_index("signed_in_session_open_idx", "signed_in_session")
    op.create_index(
        "signed_in_session_open_idx", "signed_in_session", ["idle_at"], postgresql_where=sa.text("state = 'OPEN'")
    )
    op.add_column("sign_in_attempt", sa.Column("again", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.alter_column("sign_in_attempt", "again", server_default=None)
    op.add_column(
        "sign_in_attempt", sa.Column("person_id", sa.Uuid, comment="who has to come back, where that is known")
    )
