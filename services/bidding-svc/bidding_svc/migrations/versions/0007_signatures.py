"""Approvals and certifications are signatures."""

from alembic import op

from chassis.signature import create_signatures

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_signatures(op, "bidding")
