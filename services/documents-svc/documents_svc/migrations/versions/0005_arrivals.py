"""Files are counted by the hour in which they arrived."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("file_received_at_idx", "file", ["received_at"])
