"""Chats with customer service: chats, what was said and noted, who is at the desk, days with other hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)
CHANGES = "select, insert, update"


def upgrade() -> None:
    _chats()
    _said()
    op.create_table(
        "chat_agent",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    grant_table(op, "notices", "chat_agent", org="", staff=CHANGES, system=CHANGES)
    op.create_table(
        "chat_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("opens", sa.Time),
        sa.Column("closes", sa.Time),
        sa.Column("set_by", sa.Uuid),
        sa.Column("set_at", TIME, nullable=False),
    )
    grant_table(op, "notices", "chat_day", org="select", staff=f"{CHANGES}, delete", system="select")


def _chats() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("token_digest", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("last_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("phone", sa.Text, nullable=False, comment="E.164"),
        sa.Column("supplier_name", sa.Text, comment="as it was typed"),
        sa.Column("supplier_number", sa.Text, comment="bidder number or PTAN, as it was typed"),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("taken_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("due_at", TIME),
        sa.Column("last_seq", sa.BigInteger, nullable=False, comment="number of its last message"),
        sa.Column("agent_id", sa.Uuid, comment="person who answers it"),
        sa.Column("agent_name", sa.Text),
        sa.Column("account", sa.Uuid, comment="person who was signed in"),
        sa.Column("account_user_id", sa.Text),
        sa.Column("account_name", sa.Text),
        sa.Column("account_role", sa.Text),
        sa.Column("account_organization", sa.Uuid),
        sa.Column("verified_by", sa.Uuid),
        sa.Column("verified_at", TIME),
        sa.Column(
            "verifications", sa.BigInteger, nullable=False, comment="how often an agent asked for the user id in vain"
        ),
        sa.Column("outcome", sa.Text),
        sa.UniqueConstraint("number", name="chat_number_key"),
    )
    op.create_index("chat_queue_idx", "chat", ["number"], postgresql_where=sa.text("state = 'QUEUED'"))
    in_hand = sa.text("state in ('ACTIVE', 'WRAP_UP')")
    op.create_index("chat_agent_idx", "chat", ["agent_id", "number"], postgresql_where=in_hand)
    op.create_index("chat_due_idx", "chat", ["due_at"], postgresql_where=sa.text("due_at is not null"))
    # Whoever opened a chat works behind the chat's own id: it takes the place of an organization.
    fence_table(op, "notices", "chat", columns=("id",), org=CHANGES, staff="select, update", system=CHANGES)


def _said() -> None:
    op.create_table(
        "chat_message",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("chat_id", sa.Uuid, sa.ForeignKey("chat.id", name="chat_message_chat_id_fkey"), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("said", sa.String(40), nullable=False),
        sa.Column("by", sa.Uuid, comment="the agent"),
        sa.Column("name", sa.Text, comment="of the agent, as it is shown"),
        sa.Column("key", sa.Text),
        sa.Column("text", sa.Text, nullable=False, comment="masked before it came here"),
        sa.Column("hidden", postgresql.JSONB, nullable=False, comment="what was hidden in it"),
        sa.Column("at", TIME, nullable=False),
        sa.UniqueConstraint("chat_id", "seq", name="chat_message_chat_id_seq_key"),
        sa.UniqueConstraint("chat_id", "key", name="chat_message_chat_id_key_key"),
    )
    fence_table(
        op,
        "notices",
        "chat_message",
        columns=("chat_id",),
        org="select, insert",
        staff="select, insert",
        system="select, insert",
    )
    op.create_table(
        "chat_note",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("chat_id", sa.Uuid, sa.ForeignKey("chat.id", name="chat_note_chat_id_fkey"), nullable=False),
        sa.Column("by", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("chat_note_chat_idx", "chat_note", ["chat_id", "at"])
    grant_table(op, "notices", "chat_note", org="", staff="select, insert", system="select")
