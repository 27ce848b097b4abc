"""Help desk tickets, and the one a session has in hand."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), comment="whom it is about"),
        sa.Column("organization_id", sa.Uuid, comment="which organization it is about"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False, comment="whether it is closed: the open ones are listed first"),
        sa.Column("opened_by", sa.Uuid, comment="null: the platform"),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("taken_by", sa.Uuid),
        sa.Column("session_id", sa.Uuid, comment="the session that has it in hand"),
        sa.Column("closed_at", TIME),
        sa.Column("outcome", sa.String(40)),
        sa.UniqueConstraint("number", name="ticket_number_key"),
    )
    op.create_index("ticket_list_idx", "ticket", ["closed", "id"])
    op.create_index("ticket_in_hand_idx", "ticket", ["session_id"], postgresql_where=sa.text("state = 'IN_HAND'"))
    op.create_table(
        "ticket_note",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ticket_id", sa.Uuid, sa.ForeignKey("ticket.id"), nullable=False),
        sa.Column("noted_by", sa.Uuid),
        sa.Column("at", TIME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ticket_note_ticket_idx", "ticket_note", ["ticket_id", "at"])
    fence_table(op, "identity", "ticket", org="", staff="")
    fence_table(op, "identity", "ticket_note", columns=("null::uuid",), org="", staff="")
    op.add_column(
        "signed_in_session", sa.Column("ticket_id", sa.Uuid, comment="the help desk ticket in hand; claim tkt")
    )
