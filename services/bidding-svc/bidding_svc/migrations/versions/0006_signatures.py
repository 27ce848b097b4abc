"""Approvals and certifications are signatures."""

from alembic import op

from chassis.signature import create_signatures

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_signatures(op, "bidding")
