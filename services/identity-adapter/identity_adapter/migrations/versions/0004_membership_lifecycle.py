"""A membership is asked for, granted and ended: its states, whom it concerns, and who sees the people of a list."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import role, rows_at_hand

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("membership", sa.Column("ptan", sa.Text, comment="null: inside the program"))
    op.add_column("membership", sa.Column("state", sa.String(40)))
    op.add_column("membership", sa.Column("requested_at", TIME))
    op.add_column("membership", sa.Column("due_at", TIME, comment="undecided by then, the request expires"))
    op.add_column("membership", sa.Column("decided_at", TIME))
    op.add_column(
        "membership",
        sa.Column("decided_by", sa.Uuid, comment="the person who approved or rejected; null: the platform"),
    )
    op.add_column(
        "membership", sa.Column("granted_by", sa.Uuid, comment="the person who gave this role; null: the platform")
    )
    op.add_column("membership", sa.Column("last_used_at", TIME, comment="machine time, to the nearest minutes"))
    op.add_column("membership", sa.Column("reason", sa.Text, comment="of what happened last, where there is one"))
    op.add_column(
        "membership", sa.Column("official_digest", sa.Text, comment="finds an AO or BAO among the record's officials")
    )
    op.add_column(
        "membership", sa.Column("checked_at", TIME, comment="when the record was last asked about the official")
    )
    op.add_column(
        "membership", sa.Column("version", sa.BigInteger, comment="of what people decide about; for If-Match")
    )
    _what_stands_is_active()
    for column in ("state", "requested_at", "version"):
        op.alter_column("membership", column, nullable=False)
    op.alter_column("membership", "since", nullable=True, comment="when the role was granted")
    _indexes()
    _people_of_a_list()


def _what_stands_is_active() -> None:
    with rows_at_hand(op, "membership", "organization"):
        op.execute(
            "update membership set state = 'ACTIVE', version = 1, requested_at = since, decided_at = since, "
            "ptan = (select ptan from organization where organization.id = membership.organization_id)"
        )


def _indexes() -> None:
    op.drop_constraint("membership_person_id_organization_id_key", "membership")
    op.create_index(
        "membership_open_key",
        "membership",
        ["person_id", "ptan"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state in ('PENDING', 'ACTIVE', 'SUSPENDED', 'LOCKED')"),
    )
    op.drop_index("membership_organization_idx", "membership")
    op.create_index("membership_organization_idx", "membership", ["organization_id", "since", "id"])
    op.create_index("membership_ptan_idx", "membership", ["ptan"])
    op.create_index("membership_due_idx", "membership", ["due_at"], postgresql_where=sa.text("state = 'PENDING'"))


def _people_of_a_list() -> None:
    """An organization reads the names of its own members, and nothing else of anybody."""
    organization = role("identity", "org")
    op.execute(f"grant select (id, user_id, given_name, family_name) on person to {organization}")
    op.execute("drop policy org on person")
    op.execute(
        f"create policy org on person for select to {organization} using "  # noqa: S608  the role's name is ours
        "(exists (select from membership where membership.person_id = person.id))"
    )
