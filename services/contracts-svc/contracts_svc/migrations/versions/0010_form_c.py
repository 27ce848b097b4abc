"""Form C reports, their periods and certifications; added products; the coding contractor's list; lead items."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table

revision = "0010"
down_revision = "0009"

TIME = sa.DateTime(timezone=True)
PRODUCT = ("hcpcs", "manufacturer", "model_name", "model_number")
KEY = "the product without case, spaces and width"
COMPETITION = "category and area, in words"


def upgrade() -> None:
    op.add_column(
        "known_round",
        sa.Column(
            "lead_items",
            postgresql.JSONB,
            nullable=False,
            server_default="{}",
            comment="category code to its lead item; null: unpublished",
        ),
    )
    op.create_table(
        "coded_product",
        sa.Column("id", sa.Uuid, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in PRODUCT),
        sa.Column("key", sa.Text, nullable=False, comment=KEY),
    )
    op.create_index("coded_product_one_idx", "coded_product", ["hcpcs", "key"], unique=True)
    grant_table(op, "contracts", "coded_product", org="select", staff="select, insert, update", system="select")
    op.create_table(
        "form_c_period",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("opens_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("escalates_at", TIME, nullable=False, comment="a report still missing then is a suspected breach"),
        sa.Column("opened_version", sa.BigInteger, comment="of the contract; null: not open yet"),
    )
    op.create_index("form_c_period_contract_idx", "form_c_period", ["contract_id", "starts_on"], unique=True)
    op.create_index("form_c_period_due_idx", "form_c_period", ["due_at"])
    fence_table(op, "contracts", "form_c_period", org="select")
    op.create_table(
        "form_c_report",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("line_id", sa.Uuid, sa.ForeignKey("contract_line.id"), nullable=False),
        sa.Column("period_id", sa.Uuid, sa.ForeignKey("form_c_period.id"), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("contract_number", "legal_business_name", "round_code", "category_code", "cba_code")
        ),
        sa.Column("label", sa.Text, nullable=False, comment=COMPETITION),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("due_at", TIME, nullable=False, comment="as told; never changed"),
        sa.Column("escalates_at", TIME, nullable=False, comment="missing after that it is a suspected breach"),
        sa.Column("items", postgresql.JSONB, nullable=False, comment="HCPCS codes of the category"),
        sa.Column("lead_item", sa.Text, comment="null: not published"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("content", postgresql.JSONB, nullable=False, comment="products, and items that will be ordered"),
        sa.Column("prefilled_from", sa.Date, comment="first day of the period it was copied from"),
        sa.Column("acts_by", TIME),
        sa.Column("missed", sa.Boolean, nullable=False, comment="whether it was ever overdue"),
        sa.Column("notice_id", sa.Uuid, comment="the failure notice that names it"),
        sa.Column("certified", sa.BigInteger, nullable=False, comment="how often it was certified"),
        sa.Column("submitted_at", TIME),
        sa.Column(
            "unscreened",
            sa.Boolean,
            nullable=False,
            comment="whether an added product waits to be screened, or is wrong",
        ),
        sa.Column("listed", sa.Boolean, nullable=False, comment="whether it has come to the Supplier Directory"),
        sa.Column("returned_because", sa.Text, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_index("form_c_report_one_idx", "form_c_report", ["line_id", "starts_on"], unique=True)
    op.create_index("form_c_report_mine_idx", "form_c_report", ["organization_id", "due_at", "id"])
    op.create_index("form_c_report_work_idx", "form_c_report", ["state", "due_at", "id"])
    op.create_index("form_c_report_period_idx", "form_c_report", ["period_id"])
    op.create_index(
        "form_c_report_accepted_idx",
        "form_c_report",
        ["starts_on", "id"],
        postgresql_where=sa.text("state = 'ACCEPTED' and not listed"),
    )
    for name in ("acts_by", "notice_id"):
        op.create_index(
            f"form_c_report_{name.split('_')[0]}_idx",
            "form_c_report",
            [name],
            postgresql_where=sa.text(f"{name} is not null"),
        )
    fence_table(op, "contracts", "form_c_report", org="select, update", staff="select, update")
    op.create_table(
        "form_c_certification",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("form_c_report.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("line_id", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("content", postgresql.JSONB, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("certified_by", sa.Text, nullable=False, comment="the user id"),
        sa.Column("certified_at", TIME, nullable=False),
    )
    op.create_index("form_c_certification_report_idx", "form_c_certification", ["report_id", "number"], unique=True)
    op.create_index("form_c_certification_line_idx", "form_c_certification", ["line_id", "starts_on", "number"])
    fence_table(op, "contracts", "form_c_certification", org="select, insert")
    op.create_table(
        "form_c_added_product",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("form_c_report.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in PRODUCT),
        sa.Column("key", sa.Text, nullable=False, comment=KEY),
        sa.Column("label", sa.Text, nullable=False, comment=COMPETITION),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("screened_at", TIME),
        sa.Column("screened_by", sa.Text),
    )
    op.create_index(
        "form_c_added_product_report_idx", "form_c_added_product", ["report_id", "hcpcs", "key"], unique=True
    )
    op.create_index("form_c_added_product_same_idx", "form_c_added_product", ["hcpcs", "key", "state"])
    op.create_index("form_c_added_product_mine_idx", "form_c_added_product", ["organization_id", "state"])
    op.create_index(
        "form_c_added_product_queue_idx",
        "form_c_added_product",
        ["added_at", "id"],
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    fence_table(op, "contracts", "form_c_added_product", staff="select, update")
    op.create_table(
        "directory_entry",
        sa.Column("line_id", sa.Uuid, sa.ForeignKey("contract_line.id"), primary_key=True),
        sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contract.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("report_id", sa.Uuid, sa.ForeignKey("form_c_report.id"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False, comment="of the report's period"),
        sa.Column("revision", sa.BigInteger, nullable=False, comment="counts what was told"),
        sa.Column("told_revision", sa.BigInteger, comment="of the contract's snapshot; null: to be told"),
    )
    op.create_index("directory_entry_contract_idx", "directory_entry", ["contract_id"])
    op.create_index("directory_entry_mine_idx", "directory_entry", ["organization_id", "line_id"])
    fence_table(op, "contracts", "directory_entry", org="select")
