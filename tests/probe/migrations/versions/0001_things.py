import sqlalchemy as sa
from alembic import op

from chassis.duties import create_duties
from chassis.fences import fence_table
from chassis.signature import create_signatures
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op, "probe")
    create_duties(op, "probe")
    create_signatures(op, "probe")
    op.create_table(
        "thing",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )
    fence_table(op, "probe", "thing")
