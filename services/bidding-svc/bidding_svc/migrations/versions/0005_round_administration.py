"""Rounds are set up and decided about here: drafts, change history, extensions, states of competitions."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import grant_table, rows_at_hand

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)
SET_UP = ("rule_set", "round", "round_date", "category", "cba", "competition")


def upgrade() -> None:
    _rounds()
    _history()
    _competitions()
    _slot_times()
    for table in SET_UP:
        op.execute(f'grant insert, update on "{table}" to bidding_staff')


def _rounds() -> None:
    op.add_column("round", sa.Column("announced_at", TIME, comment="from then on it is known outside"))
    op.execute("update round set announced_at = changed_at where phase <> 'DRAFT'")
    closed = sa.Column("registration_closed", sa.Boolean, comment="registration of the bidding system")
    op.add_column("round", closed)
    op.execute("update round set registration_closed = phase not in ('DRAFT', 'ANNOUNCED', 'REGISTRATION', 'BIDDING')")
    op.alter_column("round", "registration_closed", nullable=False)
    op.add_column("round", sa.Column("version", sa.BigInteger, comment="of what people decide about; for If-Match"))
    op.execute("update round set version = 1")
    op.alter_column("round", "version", nullable=False)
    op.alter_column("round_date", "certainty", type_=sa.String(40), existing_comment="target or actual")


def _history() -> None:
    op.create_table(
        "round_date_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("date_code", sa.Text, nullable=False),
        sa.Column("old_on", sa.Date),
        sa.Column("old_certainty", sa.String(40)),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("certainty", sa.String(40), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("round_date_change_round_code_idx", "round_date_change", ["round_code"])
    insert_only = "select, insert"
    grant_table(op, "bidding", "round_date_change", org="select", staff=insert_only, system=insert_only)
    op.create_table(
        "window_extension",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("round_code", sa.Text, sa.ForeignKey("round.code"), nullable=False),
        sa.Column("closed_on", sa.Date, nullable=False, comment="the close it moves"),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("cdrd_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", TIME, nullable=False),
        sa.Column("in_force_at", TIME, comment="when every slot had been echoed"),
    )
    op.create_index("window_extension_round_code_idx", "window_extension", ["round_code"])
    grant_table(
        op, "bidding", "window_extension", org="select", staff="select, insert", system="select, insert, update"
    )


def _competitions() -> None:
    """Give every competition the state its round has brought it to."""
    op.add_column("competition", sa.Column("state", sa.String(40)))
    op.execute(
        "update competition set state = case when category.removed_on is not null then 'REMOVED'"
        " when round.phase in ('PERFORMANCE', 'EXPIRED') then 'AWARDED'"
        " when round.phase in ('DRAFT', 'ANNOUNCED', 'REGISTRATION', 'BIDDING') then 'OPEN' else 'CLOSED' end"
        " from round, category where round.code = competition.round_code"
        " and category.round_code = competition.round_code and category.code = competition.category_code"
    )
    op.alter_column("competition", "state", nullable=False)


def _slot_times() -> None:
    for name, comment in (
        ("asked_opens_at", "what documents-svc was last asked to hold"),
        ("asked_closes_at", None),
        ("asked_cdrd_at", None),
    ):
        op.add_column("requirement", sa.Column(name, TIME, comment=comment))
    with rows_at_hand(op, "requirement"):
        op.execute(
            "update requirement set asked_opens_at = opens_at, asked_closes_at = due_at, asked_cdrd_at = cdrd_at"
        )
    for name in ("asked_opens_at", "asked_closes_at", "asked_cdrd_at"):
        op.alter_column("requirement", name, nullable=False)
    in_force = "in force: as documents-svc has echoed it"
    for name in ("opens_at", "due_at"):
        op.alter_column("requirement", name, existing_type=TIME, existing_nullable=False, comment=in_force)
    op.create_index(
        "requirement_times_idx", "requirement", ["round_code", "asked_closes_at", "asked_opens_at", "asked_cdrd_at"]
    )
