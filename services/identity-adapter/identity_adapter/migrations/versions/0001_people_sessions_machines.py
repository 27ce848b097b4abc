"""Organizations and their people, sessions, sign-ins under way, machines."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import fence_table
from chassis.tables import create_chassis_tables

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
PERSONAL = ("person", "signed_in_session", "sign_in_attempt", "machine", "machine_secret")
"""They belong to no organization; `identity_adapter.doors` says who reads them."""


def upgrade() -> None:
    create_chassis_tables(op, "identity")
    _organizations()
    _sessions()
    _machines()
    fence_table(op, "identity", "organization", columns=("id",), org="select")
    fence_table(op, "identity", "membership", org="select")
    for table in PERSONAL:
        fence_table(op, "identity", table, columns=("null::uuid",), org="", staff="")


def _organizations() -> None:
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("legal_business_name", sa.Text, nullable=False),
        sa.Column("ptan", sa.Text, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.UniqueConstraint("ptan", name="organization_ptan_key"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.UniqueConstraint("user_id", name="person_user_id_key"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, sa.ForeignKey("organization.id")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.UniqueConstraint(
            "person_id",
            "organization_id",
            name="membership_person_id_organization_id_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("membership_organization_idx", "membership", ["organization_id"])


def _sessions() -> None:
    op.create_table(
        "signed_in_session",
        sa.Column("id", sa.Uuid, primary_key=True, comment="claim sid"),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("organization_id", sa.Uuid, comment="whom the person acts for; null: inside the program"),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("signed_in_at", TIME, nullable=False, comment="as the identity provider says"),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False, comment="last renewal"),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("id_token", sa.Text, comment="hint for the provider's sign-out; forgotten at the end"),
        sa.UniqueConstraint("secret_hash", name="signed_in_session_secret_hash_key"),
    )
    op.create_index("signed_in_session_person_idx", "signed_in_session", ["person_id"])
    op.create_index(
        "signed_in_session_open_idx", "signed_in_session", ["seen_at"], postgresql_where=sa.text("state = 'OPEN'")
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state_hash", sa.Text, nullable=False),
        sa.Column("browser_hash", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("code_verifier", sa.Text, nullable=False),
        sa.Column("return_to", sa.Text, nullable=False),
        sa.Column("ends_at", TIME, nullable=False, comment="machine time"),
        sa.UniqueConstraint("state_hash", name="sign_in_attempt_state_hash_key"),
    )
    op.create_index("sign_in_attempt_ends_at_idx", "sign_in_attempt", ["ends_at"])


def _machines() -> None:
    op.create_table(
        "machine",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", postgresql.JSONB, nullable=False),
        sa.UniqueConstraint("client_id", name="machine_client_id_key"),
    )
    op.create_table(
        "machine_secret",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("machine_id", sa.Uuid, sa.ForeignKey("machine.id"), nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False, comment="scrypt: salt$hash"),
        sa.Column("ends_at", TIME, comment="machine time; null: good until replaced"),
    )
    op.create_index("machine_secret_machine_id_idx", "machine_secret", ["machine_id"])
