"""Transfers of contracts and the documents of each side; contracts of successors; lines that went."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table

revision = "0013"
down_revision = "0012"

TIME = sa.DateTime(timezone=True)
OPEN = "'NOTIFIED', 'PACKAGE_RECEIVED', 'INFO_REQUESTED', 'UNDER_REVIEW', 'AWAITING_NOVATION', 'NOVATION_RECEIVED'"


def upgrade() -> None:
    op.add_column(
        "contract",
        sa.Column("succeeds", sa.Uuid, comment="the contract it came from"),
    )
    op.add_column(
        "contract_line",
        sa.Column("left_on", sa.Date, comment="its last day on this contract; it went to a successor"),
    )
    op.create_table(
        "contract_transfer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("holder_id", sa.Uuid, comment="the contract supplier; null: not found yet"),
        sa.Column("successor_id", sa.Uuid, comment="null: not registered, or not found yet"),
        sa.Column("opened_by", sa.String(40), nullable=False),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id")),
        sa.Column("contract_number", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        sa.Column("serial", sa.BigInteger, nullable=False, comment="the number of the contract within the round"),
        sa.Column("holder_name", sa.Text, nullable=False),
        sa.Column("goes", postgresql.JSONB, nullable=False, comment="the lines that go, each with its words"),
        sa.Column("terms", postgresql.JSONB, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False, comment="planned; once it took effect, the day it did"),
        sa.Column("took_effect", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("received_at", TIME),
        *(
            sa.Column(f"{side}_{phase}_at", TIME)
            for phase in ("package", "novation")
            for side in ("holder", "successor")
        ),
        sa.Column("package_due_at", TIME),
        sa.Column("novation_due_at", TIME),
        sa.Column("lapses_at", TIME),
        sa.Column("to_bring", sa.Boolean, nullable=False),
        sa.Column("exchange", postgresql.JSONB, nullable=False, comment="what was asked and answered, in order"),
        sa.Column("finance", sa.Text, comment="acceptable or unacceptable"),
        sa.Column("finance_note", sa.Text, nullable=False),
        sa.Column("checks", postgresql.JSONB, nullable=False, comment="code to yes, no or could-not-check"),
        sa.Column("confirmed", postgresql.JSONB, nullable=False, comment="code that was confirmed by hand, to how"),
        sa.Column("recommendation", sa.Text, comment="approve, deny or not-required"),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", sa.Text),
        sa.Column("completed_on", sa.Date),
        sa.Column("successor_contract_id", sa.Uuid),
        sa.Column("changed_at", TIME, nullable=False),
    )
    for side in ("holder", "successor"):
        op.create_index(f"contract_transfer_{side}_idx", "contract_transfer", [f"{side}_id", "id"])
    op.create_index(
        "contract_transfer_work_idx",
        "contract_transfer",
        ["received_at", "id"],
        postgresql_where=sa.text("received_at is not null"),
    )
    op.create_index("contract_transfer_bring_idx", "contract_transfer", ["id"], postgresql_where=sa.text("to_bring"))
    op.create_index(
        "contract_transfer_lapse_idx",
        "contract_transfer",
        ["lapses_at"],
        postgresql_where=sa.text("lapses_at is not null"),
    )
    op.create_index(
        "contract_transfer_one_idx",
        "contract_transfer",
        ["contract_id"],
        unique=True,
        postgresql_where=sa.text(f"contract_id is not null and state in ({OPEN})"),
    )
    fence_table(op, "contracts", "contract_transfer", columns=("holder_id", "successor_id"), staff="select, update")
    op.create_table(
        "transfer_document",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("contract_transfer.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False, comment="the side whose document it is"),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("read_by", sa.Text, nullable=False, comment="the permission of staff who read its files"),
        sa.Column("slot_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, comment="the due time by which its slot was settled"),
        sa.Column("files", postgresql.JSONB, nullable=False, comment="what was received in time, in order"),
        sa.Column("received_at", TIME, comment="of the first file that still stands"),
        sa.Column("waived", sa.Text, comment="why CMS needs it no more: it holds sufficient ones"),
    )
    op.create_index("transfer_document_one_idx", "transfer_document", ["transfer_id", "side", "code"], unique=True)
    op.create_index("transfer_document_mine_idx", "transfer_document", ["organization_id", "id"])
    fence_table(op, "contracts", "transfer_document", org="select, update", staff="select, update")
    # CMS completes a transfer: what is open under the contract goes to the successor in the officer's transaction.
    for table in ("form_c_period", "form_c_report", "directory_entry"):
        op.execute(f"grant insert on {table} to contracts_staff")
    op.execute("grant insert, delete on contract_duty to contracts_staff")
