"""A line whose offer was taken back leaves its unsigned contract; that is heard behind the organization's fence."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("grant delete on contract_line, contract_location to contracts_org")
