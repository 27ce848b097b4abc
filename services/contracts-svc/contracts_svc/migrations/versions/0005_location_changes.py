"""Requests to add or remove a location; the state of each area of a round."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "known_round",
        sa.Column(
            "area_states",
            postgresql.JSONB,
            nullable=False,
            server_default="{}",
            comment="area code to its state; null: more than one",
        ),
    )
    op.alter_column("known_round", "area_states", server_default=None)
    op.alter_column("contract_version", "reason", comment="why it was made: signed, extended, changed")
    op.create_table(
        "location_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("request_id", sa.Uuid, nullable=False, comment="what was filed at once"),
        sa.Column("pair_id", sa.Uuid, comment="the two halves of a move carry the same"),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("line_id", sa.Uuid, sa.ForeignKey("contract_line.id"), nullable=False),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("category_code", sa.Text, nullable=False),
        sa.Column("cba_code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False, comment="category and area, in words"),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("ptan", sa.Text, nullable=False),
        sa.Column("requested_on", sa.Date, comment="the last day a removed location furnishes"),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("received_at", TIME),
        sa.Column("target_at", TIME),
        sa.Column("paused_at", TIME),
        sa.Column("answer_due_at", TIME),
        sa.Column("exchange", postgresql.JSONB, nullable=False, comment="what was asked and answered, in order"),
        sa.Column("checks", postgresql.JSONB, nullable=False, comment="check to yes, no or could-not-check"),
        sa.Column("confirmed", postgresql.JSONB, nullable=False, comment="check that was confirmed by hand, to how"),
        sa.Column("recommendation", sa.Text, comment="approve or deny"),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", sa.Text),
        sa.Column("effective_on", sa.Date),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("location_change_mine_idx", "location_change", ["organization_id", "id"])
    op.create_index(
        "location_change_work_idx",
        "location_change",
        ["target_at", "id"],
        postgresql_where=sa.text("target_at is not null"),
    )
    op.create_index("location_change_contract_idx", "location_change", ["contract_id", "state"])
    op.create_index("location_change_request_idx", "location_change", ["request_id"])
    op.create_index(
        "location_change_one_idx",
        "location_change",
        ["line_id", "ptan"],
        unique=True,
        postgresql_where=sa.text("state in ('SUBMITTED', 'IN_REVIEW', 'INFO_REQUESTED')"),
    )
    op.create_index(
        "location_change_answer_idx",
        "location_change",
        ["answer_due_at"],
        postgresql_where=sa.text("answer_due_at is not null"),
    )
    fence_table(op, "contracts", "location_change", staff="select, update")
