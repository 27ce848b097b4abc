"""Slots, uploads, files, receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
STATE = sa.String(20)


def upgrade() -> None:
    create_chassis_tables(op, "documents")
    _slot()
    _upload()
    _file()
    _receipt()
    fence_table(op, "documents", "slot", org="select, insert, update", staff="select")
    fence_table(op, "documents", "upload", org="select, insert, update", staff="select")
    fence_table(op, "documents", "file", org="select, insert, update", staff="select")
    fence_table(op, "documents", "receipt", org="select, insert", staff="select", system="select, insert")


def _slot() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("slot_subject", sa.Text, nullable=False),
        sa.Column("upload_permission", sa.Text, nullable=False),
        sa.Column("read_permission", sa.Text, nullable=False),
        sa.Column("staff_read_permission", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("accepted_types", postgresql.JSONB, nullable=False),
        sa.Column("max_bytes", sa.BigInteger, nullable=False),
        sa.Column("max_files", sa.BigInteger, nullable=False),
        sa.Column("opens_at", TIME, nullable=False),
        sa.Column("closes_at", TIME, nullable=False),
        sa.Column("late_minutes", sa.BigInteger, nullable=False),
        sa.Column("late_until", TIME, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("settled_at", TIME),
    )
    op.create_index("slot_organization_id_closes_at_id_idx", "slot", ["organization_id", "closes_at", "id"])
    op.create_index("slot_state_late_until_idx", "slot", ["state", "late_until"])


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, sa.ForeignKey("slot.id"), nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("pieces", postgresql.JSONB, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("includes", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("certified_by", sa.Text, nullable=False),
        sa.Column("expected_sha256", sa.Text),
        sa.Column("writer", sa.Uuid),
        sa.Column("writer_until", TIME),
    )
    op.create_index("upload_organization_id_user_id_state_idx", "upload", ["organization_id", "user_id", "state"])
    op.create_index("upload_state_expires_at_idx", "upload", ["state", "expires_at"])
    op.create_index("upload_slot_id_state_idx", "upload", ["slot_id", "state"])


def _file() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, sa.ForeignKey("slot.id"), nullable=False),
        sa.Column("slot_subject", sa.Text, nullable=False),
        sa.Column("uploaded_by", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("includes", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("verdict", STATE, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("same_as", sa.Uuid),
        sa.Column("superseded_by", sa.Uuid),
        sa.Column("receipt_number", sa.Text, nullable=False),
        sa.Column("pieces", postgresql.JSONB, nullable=False),
        sa.Column("stored_at", TIME),
        sa.Column("accepted_at", TIME),
        sa.Column("check_due_at", TIME),
        sa.Column("check_tries", sa.BigInteger, nullable=False),
        sa.Column("checker", sa.Uuid),
        sa.Column("taken_by", sa.Text),
        sa.Column("taken_at", TIME),
    )
    op.create_index("file_organization_id_received_at_id_idx", "file", ["organization_id", "received_at", "id"])
    op.create_index("file_slot_id_received_at_idx", "file", ["slot_id", "received_at"])
    op.create_index("file_check_due_at_idx", "file", ["check_due_at"])


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("verdict", STATE, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("jws", sa.Text, nullable=False),
    )
    op.create_index("receipt_file_id_issued_at_idx", "receipt", ["file_id", "issued_at"])
