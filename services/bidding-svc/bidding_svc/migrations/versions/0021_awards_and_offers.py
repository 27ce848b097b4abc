"""Awards with their dry run, published payment amounts and suppliers; contract offers line by line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table, grant_table

revision = "0021"
down_revision = "0020"

TIME = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB
PLACE = ("category_code", "cba_code")


def upgrade() -> None:
    _awards()
    _published()
    _offers()


def _awards() -> None:
    """No organization may read of an award: what it is offered stands in its offers."""
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column(
            "run_id",
            sa.Uuid,
            sa.ForeignKey("evaluation_run.id"),
            nullable=False,
            comment="the released evaluation it follows",
        ),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, comment="of what was prepared"),
        sa.Column("bidders", sa.BigInteger, nullable=False),
        sa.Column("lines", sa.BigInteger, nullable=False),
        sa.Column(
            "unchecked",
            sa.BigInteger,
            nullable=False,
            comment="lines whose licenses and accreditation could not be checked again",
        ),
        sa.Column("prepared_at", TIME, nullable=False),
        sa.Column("prepared_by", sa.Text, nullable=False),
        sa.Column("prepared_person", sa.Uuid, nullable=False),
        sa.Column("released_at", TIME),
        sa.Column("released_by", sa.Text),
        sa.Column("released_person", sa.Uuid),
        sa.Column("disqualified_told_at", TIME),
        sa.Column("finished_at", TIME),
    )
    op.create_index(
        "award_under_way_idx",
        "award",
        ["round_code"],
        unique=True,
        postgresql_where=sa.text("state in ('PREPARED', 'RELEASING')"),
    )
    op.create_index("award_round_idx", "award", ["round_code", "id"])
    op.create_table(
        "award_competition",
        sa.Column("award_id", sa.Uuid, sa.ForeignKey("award.id"), primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in PLACE),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("awarded", sa.Boolean, nullable=False),
        sa.Column("because", JSONB, nullable=False, comment="why it is not awarded"),
        sa.Column("paid", sa.Text, comment="by payment amounts for the expected units; exact cents"),
        sa.Column("otherwise", sa.Text, comment="what would otherwise be paid; exact cents"),
        sa.Column("offers", sa.BigInteger, nullable=False),
        sa.Column("prices", JSONB, nullable=False, comment="hcpcs and amount in cents"),
    )
    op.create_table(
        "award_line",
        sa.Column("award_id", sa.Uuid, sa.ForeignKey("award.id"), primary_key=True),
        sa.Column("bid_id", sa.Uuid, sa.ForeignKey("bid.id"), primary_key=True),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in PLACE),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False, comment="WINNING, ADDED, NEXT_IN_LINE or REINSTATED"),
        sa.Column("at_or_below_median", sa.Boolean, nullable=False),
        sa.Column("locations", JSONB, nullable=False),
        sa.Column("reasons", JSONB, nullable=False, comment="why it is held back: what the record says now"),
        sa.Column("unchecked", sa.Boolean, nullable=False, comment="whether something could not be checked"),
        sa.Column("done_at", TIME, comment="when it was offered, or disqualified"),
    )
    op.create_index(
        "award_line_waiting_idx",
        "award_line",
        ["award_id", "bidder_id"],
        postgresql_where=sa.text("done_at is null"),
    )
    grant_table(op, "bidding", "award", org="", staff="select, insert, update", system="select, update")
    grant_table(op, "bidding", "award_competition", org="", staff="select, insert", system="select")
    grant_table(op, "bidding", "award_line", org="", staff="select, insert", system="select, update")


def _published() -> None:
    op.create_table(
        "payment_amount",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in PLACE),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
    )
    op.create_table(
        "contract_supplier",
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in PLACE),
        sa.Column("bidder_number", sa.Text, primary_key=True),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("announced_at", TIME, nullable=False),
    )
    for table in ("payment_amount", "contract_supplier"):
        grant_table(op, "bidding", table, org="select", staff="select, insert", system="select")


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("award_id", sa.Uuid, sa.ForeignKey("award.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bidder_number", sa.Text, nullable=False),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("period_starts_on", sa.Date, nullable=False),
        sa.Column("period_ends_on", sa.Date, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False, comment="the notice that points to it"),
        sa.Column("submitted_at", TIME),
        sa.Column("submitted_by", sa.Text),
        sa.Column("settled_at", TIME, comment="when nothing was left to decide"),
    )
    op.create_index("offer_mine_idx", "offer", ["organization_id", "id"])
    op.create_index("offer_due_idx", "offer", ["due_at"], postgresql_where=sa.text("settled_at is null"))
    op.create_index("offer_award_idx", "offer", ["award_id", "id"])
    op.create_table(
        "offer_line",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("offer_id", sa.Uuid, sa.ForeignKey("offer.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("bidder_id", sa.Uuid, sa.ForeignKey("bidder.id"), nullable=False),
        sa.Column("bid_id", sa.Uuid, sa.ForeignKey("bid.id"), nullable=False),
        sa.Column("round_code", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in PLACE),
        sa.Column("label", sa.Text, nullable=False, comment="category and area, in words"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("at_or_below_median", sa.Boolean, nullable=False),
        sa.Column(
            "bond_at_risk",
            sa.Boolean,
            nullable=False,
            comment="declining or letting it lapse forfeits the bond of the area",
        ),
        sa.Column("prices", JSONB, nullable=False, comment="hcpcs and amount in cents"),
        sa.Column("locations", postgresql.ARRAY(sa.Text), nullable=False, comment="PTANs that may furnish"),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_person", sa.Uuid),
        sa.Column("risk_acknowledged", sa.Boolean, nullable=False),
        sa.Column("final_at", TIME, comment="since when nothing changes it but CMS"),
        sa.Column("rescinded_because", sa.Text),
    )
    op.create_index("offer_line_offer_idx", "offer_line", ["offer_id"])
    op.create_index("offer_line_bid_idx", "offer_line", ["bid_id"])
    op.create_index("offer_line_competition_idx", "offer_line", ["round_code", *PLACE])
    fence_table(op, "bidding", "offer", org="select, update", staff="select, update")
    fence_table(op, "bidding", "offer_line", org="select, update", staff="select, update")
