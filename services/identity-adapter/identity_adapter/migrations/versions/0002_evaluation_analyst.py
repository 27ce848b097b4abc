"""The inside role ANALYST, alone until now, is called EVALUATION_ANALYST beside the others."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table membership no force row level security")
    op.execute("update membership set role = 'EVALUATION_ANALYST' where role = 'ANALYST'")
    op.execute("alter table membership force row level security")
