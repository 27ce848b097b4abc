"""Subcontracting arrangements that suppliers disclose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0011"
down_revision = "0010"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "subcontract_disclosure",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("legal_business_name", sa.Text, nullable=False, comment="the contract supplier"),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("terms", postgresql.JSONB(none_as_null=True), comment="null: there are no subcontractors"),
        sa.Column("ptan", sa.Text, comment="the subcontractor, where it is enrolled"),
        sa.Column("accredited_until", sa.Date),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("due_at", TIME, nullable=False, comment="as told; never changed"),
        sa.Column("stricter_at", TIME, nullable=False, comment="the stricter reading of the rule, as a hint"),
        sa.Column("submitted_at", TIME, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("checks", postgresql.JSONB, nullable=False, comment="check to yes, no or could-not-check"),
        sa.Column("confirmed", postgresql.JSONB, nullable=False, comment="check that was confirmed by hand, to how"),
        sa.Column("exchange", postgresql.JSONB, nullable=False, comment="what was asked, answered, changed, in order"),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("subcontract_disclosure_mine_idx", "subcontract_disclosure", ["organization_id", "id"])
    op.create_index("subcontract_disclosure_work_idx", "subcontract_disclosure", ["state", "submitted_at", "id"])
    op.create_index("subcontract_disclosure_contract_idx", "subcontract_disclosure", ["contract_id"])
    op.create_index(
        "subcontract_disclosure_accredited_idx",
        "subcontract_disclosure",
        ["accredited_until"],
        postgresql_where=sa.text("state = 'ACKNOWLEDGED' and accredited_until is not null"),
    )
    op.create_index(
        "subcontract_disclosure_ptan_idx",
        "subcontract_disclosure",
        ["ptan"],
        postgresql_where=sa.text("ptan is not null"),
    )
    fence_table(op, "contracts", "subcontract_disclosure", staff="select, update")
