"""What a sender chooses beside the file, who asks for a slot, and the versions of a file.

Every slot so far was asked for by a round, and every file so far is a version of its own.
"""

import sqlalchemy as sa
from alembic import op

from chassis.fences import rows_at_hand

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("slot", sa.Column("asked_by", sa.Text, nullable=False, server_default="round"))
    op.alter_column("slot", "asked_by", server_default=None)
    op.add_column("slot", sa.Column("withheld_because", sa.Text))
    for table in ("slot", "upload", "file"):
        op.add_column(table, sa.Column("document", sa.Text))
        op.add_column(table, sa.Column("cba_code", sa.Text))
    for table in ("upload", "file"):
        op.add_column(table, sa.Column("replaces", sa.Uuid))
    op.add_column("file", sa.Column("first_version", sa.Uuid))
    with rows_at_hand(op, "file"):
        op.execute("update file set first_version = id")
    op.alter_column("file", "first_version", nullable=False)
    op.create_index("file_first_version_received_at_id_idx", "file", ["first_version", "received_at", "id"])
    op.create_index(
        "file_organization_id_slot_subject_sha256_idx", "file", ["organization_id", "slot_subject", "sha256"]
    )
    op.create_index("upload_organization_id_started_at_idx", "upload", ["organization_id", "started_at"])
