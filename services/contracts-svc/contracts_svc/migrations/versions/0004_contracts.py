"""Contracts with their lines, locations, versions and history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table
from chassis.signature import create_signatures

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)
WRITES = "select, insert, update"


def upgrade() -> None:
    create_signatures(op, "contracts")
    op.create_table(
        "contract",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("serial", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, nullable=False, unique=True, comment="one contract per bidder and round"),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("named_at", TIME, nullable=False, comment="when the line was accepted that told parties and period"),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, comment="the version in force; 0 before the first is"),
        sa.Column("revision", sa.BigInteger, nullable=False, comment="counts the changes of the public snapshot"),
        sa.Column("statuses", postgresql.JSONB, nullable=False, comment="state since a day, in order"),
        sa.Column("awaiting_signature", sa.Boolean, nullable=False),
        sa.Column("being_sealed", sa.Boolean, nullable=False, comment="signed, and not in force until it is sealed"),
        sa.Column("sent_at", TIME),
        sa.Column("signed_at", TIME),
        sa.Column("signed_by", sa.Text),
        sa.Column("suspended_until", sa.Date),
        sa.Column("cause", sa.Text, comment="why it was suspended or ended early"),
        sa.Column("moves_at", TIME, comment="when the calendar moves it next"),
        sa.Column("say_again_at", TIME, comment="when its snapshot is said again"),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("told_at", TIME, comment="when the public snapshot changed last"),
    )
    op.create_index("contract_mine_idx", "contract", ["organization_id", "id"])
    op.create_index("contract_state_idx", "contract", ["state", "id"])
    op.create_index("contract_queue_idx", "contract", ["id"], postgresql_where=sa.text("awaiting_signature"))
    op.create_index("contract_moves_idx", "contract", ["moves_at"], postgresql_where=sa.text("moves_at is not null"))
    op.create_index(
        "contract_said_again_idx",
        "contract",
        ["say_again_at"],
        postgresql_where=sa.text("say_again_at is not null"),
    )
    op.create_table(
        "contract_line",
        sa.Column("id", sa.Uuid, primary_key=True, comment="the accepted offer line"),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("category_code", sa.Text, nullable=False),
        sa.Column("cba_code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False, comment="category and area, in words"),
        sa.Column("prices", postgresql.JSONB, nullable=False, comment="hcpcs and amount in cents"),
        sa.Column("accepted_at", TIME, nullable=False),
        sa.Column("accepted_by", sa.Uuid, nullable=False, comment="the person"),
        sa.Column("sent", sa.Boolean, nullable=False, comment="whether it was sent for signature"),
        sa.Column("since_version", sa.BigInteger, comment="the first version it stands in; null: not signed yet"),
    )
    op.create_index("contract_line_contract_idx", "contract_line", ["contract_id"])
    op.create_index("contract_line_competition_idx", "contract_line", ["round_code", "category_code", "cba_code"])
    op.create_table(
        "contract_location",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("line_id", sa.Uuid, sa.ForeignKey("contract_line.id"), nullable=False),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("ptan", sa.Text, nullable=False),
        sa.Column("npi", sa.Text),
        sa.Column("effective_from", sa.Date),
        sa.Column("effective_to", sa.Date),
    )
    op.create_index("contract_location_line_idx", "contract_location", ["line_id"])
    op.create_index("contract_location_ptan_idx", "contract_location", ["ptan"])
    op.create_table(
        "contract_version",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, comment="why it was made: signed, extended, location-change"),
        sa.Column("content", postgresql.JSONB, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("signed_by", sa.Text, nullable=False, comment="the user id of who signed or approved it"),
        sa.Column("signed_at", TIME, nullable=False),
        sa.Column("in_force_at", TIME, comment="null: not in force yet"),
    )
    op.create_index("contract_version_number_idx", "contract_version", ["contract_id", "number"], unique=True)
    op.create_table(
        "contract_entry",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("permission", sa.Text, nullable=False, comment="needed to see it"),
        sa.Column("occurred_at", TIME, nullable=False),
    )
    op.create_index("contract_entry_contract_idx", "contract_entry", ["contract_id", "occurred_at", "id"])
    for table in ("contract", "contract_line", "contract_location"):
        fence_table(op, "contracts", table, staff=WRITES)
    fence_table(op, "contracts", "contract_version", org="select", staff=WRITES)
    fence_table(op, "contracts", "contract_entry", org="select, insert", staff="select, insert")
