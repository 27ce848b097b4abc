"""What a person did on a case can be asked, without reading the audit trail."""

from alembic import op

from chassis.duties import create_duties

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_duties(op, "contracts")
