"""The dates of a contract, planned once and then stored."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import fence_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "contract_duty",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column(
            "code",
            sa.Text,
            nullable=False,
            comment="of the deadline catalogue; PERIOD_STARTS and PERIOD_ENDS beside it",
        ),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), comment="the last instant; null: nobody has to act"),
        sa.Column("explanation", sa.Text, nullable=False, comment="how the date came about, in words"),
        sa.Column("permission", sa.Text, nullable=False, comment="needed to see it"),
    )
    op.create_index("contract_duty_contract_idx", "contract_duty", ["contract_id", "due_on", "id"])
    fence_table(op, "contracts", "contract_duty", org="select")
