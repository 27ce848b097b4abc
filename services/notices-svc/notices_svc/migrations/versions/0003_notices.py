"""Notices with their responses and batches, and what is known of rounds and organizations to write and send them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _known()
    _notices()
    _responses()
    _batches()
    # Staff who take a notice back close its To-Do and write the entry that tells so.
    grant_table(op, "notices", "todo", org="", staff="insert, update", system="")
    grant_table(op, "notices", "activity", org="", staff="insert", system="")


def _known() -> None:
    op.create_table(
        "known_round",
        sa.Column("round_code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rule_set", postgresql.JSONB, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    grant_table(op, "notices", "known_round", org="select", staff="select", system="select, insert, update")
    op.create_table(
        "known_organization",
        sa.Column("organization_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    fence_table(op, "notices", "known_organization")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("about", postgresql.JSONB, nullable=False, comment="the asking service's own subject, handed back"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("permission", sa.Text, nullable=False, comment="needed to see it"),
        sa.Column("restricted_to", postgresql.ARRAY(sa.Uuid), comment="persons; null: nobody in particular"),
        sa.Column("unrestricted_with", sa.Text, comment="permission that lifts the restriction"),
        sa.Column("fields", postgresql.JSONB, nullable=False),
        sa.Column("slots", postgresql.JSONB, nullable=False, comment="whose receipts a response may bring"),
        sa.Column("asked_due_at", TIME, comment="fixed by whoever asked; null: by the catalogue"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, comment="of what people decide about; for If-Match"),
        sa.Column("wording", sa.BigInteger, comment="version of the words it was submitted with"),
        sa.Column("missing", postgresql.JSONB, nullable=False, comment="what keeps it from being submitted"),
        sa.Column("drafted_by", sa.Uuid, nullable=False, comment="who decided that it is sent"),
        sa.Column("drafted_at", TIME, nullable=False),
        sa.Column("returned_because", sa.Text),
        sa.Column("approved_at", TIME),
        sa.Column("batch_id", sa.Uuid),
        sa.Column("issued_at", TIME),
        sa.Column("due_at", TIME),
        sa.Column("remind_at", TIME),
        sa.Column("reminded_at", TIME),
        sa.Column("viewed_at", TIME),
        sa.Column("responded_at", TIME),
        sa.Column("passed_at", TIME, comment="the due date, once it passed without an answer"),
        sa.Column("closed_at", TIME),
        sa.Column("rescinded_because", sa.Text),
        sa.Column("replaced_by", sa.Uuid),
    )
    issued = sa.text("issued_at is not null")
    op.create_index("notice_mine_idx", "notice", ["organization_id", "issued_at", "id"], postgresql_where=issued)
    op.create_index("notice_desk_idx", "notice", ["state", "kind", "id"])
    op.create_index("notice_due_idx", "notice", ["due_at"], postgresql_where=sa.text("passed_at is null"))
    op.create_index("notice_remind_idx", "notice", ["remind_at"], postgresql_where=sa.text("reminded_at is null"))
    op.create_index("notice_batch_idx", "notice", ["batch_id", "state", "id"])
    fence_table(op, "notices", "notice", staff="select, update")


def _responses() -> None:
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("notice_id", sa.Uuid, sa.ForeignKey("notice.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("responded_by", sa.Uuid),
        sa.Column("responded_at", TIME, nullable=False),
        sa.UniqueConstraint("receipt_number", name="response_receipt_number_key"),
    )
    op.create_index("response_notice_idx", "response", ["notice_id", "id"])
    op.create_table(
        "response_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("response_id", sa.Uuid, sa.ForeignKey("response.id"), nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("receipt", sa.Text, nullable=False, comment="JWS of documents-svc"),
        sa.UniqueConstraint("notice_id", "file_id", name="response_file_notice_id_file_id_key"),
    )
    op.create_index("response_file_response_idx", "response_file", ["response_id"])
    op.create_table(
        "response_draft",
        sa.Column("notice_id", sa.Uuid, sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("saved_by", sa.Uuid),
        sa.Column("saved_at", TIME, nullable=False),
    )
    appended = "select, insert"
    fence_table(op, "notices", "response", org=appended, system=appended)
    fence_table(op, "notices", "response_file", org=appended, system=appended)
    fence_table(op, "notices", "response_draft", org="select, insert, update, delete", staff="")


def _batches() -> None:
    op.create_table(
        "notice_batch",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, comment="of what people decide about; for If-Match"),
        sa.Column("notices", sa.BigInteger, nullable=False),
        sa.Column("checked", sa.BigInteger, nullable=False),
        sa.Column("checked_until", sa.Uuid, comment="the last notice that was checked"),
        sa.Column("problems", postgresql.JSONB, nullable=False),
        sa.Column("issued", sa.BigInteger, nullable=False),
        sa.Column("prepared_by", sa.Uuid),
        sa.Column("prepared_at", TIME, nullable=False),
        sa.Column("released_by", sa.Uuid),
        sa.Column("released_at", TIME),
        sa.Column("finished_at", TIME),
    )
    op.create_index("notice_batch_state_idx", "notice_batch", ["state", "id"])
    grant_table(op, "notices", "notice_batch", org="", staff="select, insert, update", system="select, update")
