"""The tables every service has in its own database. Defined here once; each service's first migration makes them.

Grants follow least privilege: the roles that serve people may add to the outbox and the audit trail and
never read or change them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.fences import NO_ORGANIZATION, MigrationOperations, fence_table, grant_table

NAMING = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}

metadata = MetaData(naming_convention=NAMING)


def _time(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False, comment="ce_id"),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False, comment="partition key: the aggregate whose order matters"),
    Column("type", Text, nullable=False, comment="ce_type"),
    Column("subject", Text, nullable=False, comment="ce_subject"),
    Column("source", Text, nullable=False, comment="ce_source"),
    Column("organization_id", Uuid, comment="ce_organization; consumers fence themselves to it"),
    _time("occurred_at", nullable=False, comment="ce_time, program time"),
    Column("traceparent", Text),
    Column("body", Text, nullable=False, comment="JSON, sent as it stands"),
    _time("created_at", nullable=False, server_default=func.clock_timestamp()),
    _time("sent_at", comment="acknowledged by the broker; marked, purged by age"),
)
Index("outbox_unsent_idx", outbox.c.position, postgresql_where=outbox.c.sent_at.is_(None))

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, nullable=False, comment="consumer group, or 'http' for idempotency keys"),
    Column("key", Text, nullable=False, comment="ce_id, or the digest of actor, organization, route and key"),
    Column("organization_id", Uuid),
    _time("at", nullable=False, server_default=func.clock_timestamp()),
    Column("digest", Text, comment="http: SHA-256 of the body"),
    Column("status", SmallInteger, comment="http: the answer's status"),
    Column("answer", Text, comment="http: the answer's body"),
    PrimaryKeyConstraint("consumer", "key"),
)
Index("inbox_at_idx", inbox.c.at)

audit = Table(
    "audit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    _time("at", nullable=False, comment="program time"),
    _time("machine_at", nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False, comment="user id, client id or name of the worker"),
    Column("person_id", Uuid),
    Column("organization_id", Uuid),
    Column("role", Text),
    Column("session_id", Uuid),
    Column("token_id", Text),
    Column("action", Text, nullable=False, comment="<entity>.<verb>"),
    Column("entity", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("reason", Text),
    Column("trace_id", Text),
    Column("batch", BigInteger, comment="the sealed batch this row belongs to"),
    Column("ordinal", Integer, comment="its place in that batch"),
)
Index("audit_entity_idx", audit.c.entity, audit.c.entity_id, audit.c.position)
Index("audit_unsealed_idx", audit.c.position, postgresql_where=audit.c.batch.is_(None))
Index("audit_batch_idx", audit.c.batch, audit.c.ordinal)

audit_batch = Table(
    "audit_batch",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("previous_head", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("statement", Text, nullable=False, comment="JWS over number, previous head, head and row digests"),
    _time("sealed_at", nullable=False),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("use", Text, nullable=False, comment="token, receipt or audit"),
    Column("issuer", Text, nullable=False, comment="the service that signs with it"),
    Column("public_jwk", JSONB, nullable=False),
    _time("not_before", nullable=False),
    _time("not_after", comment="retired then; kept for ever, old signatures stay verifiable"),
)

revocation = Table(
    "revocation",
    metadata,
    Column("kind", Text, nullable=False, comment="session or person"),
    Column("subject", Text, nullable=False, comment="session id, or person id/organization id"),
    _time("at", nullable=False, comment="machine time"),
    PrimaryKeyConstraint("kind", "subject"),
)
Index("revocation_at_idx", revocation.c.at)

relay_state = Table(
    "relay_state",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False, server_default=text("1")),
    Column("cluster_id", Text, comment="the Kafka cluster the outbox was said to"),
    Column("leader", Uuid, comment="the relay that leads, or ended without handing over; null after a hand-over"),
)

NOTHING = ""
ALL = "select, insert, update, delete"


def create_chassis_tables(op: MigrationOperations, service: str) -> None:
    """Make the chassis' tables and their grants; the first step of a service's first migration.

    `service` is the short name ("documents"), from which the database roles are named.
    """
    metadata.create_all(op.get_bind())
    grant_table(op, service, "outbox", org="insert", staff="insert", system=ALL)
    grant_table(op, service, "audit", org="insert", staff="insert", system="select, insert, update (batch, ordinal)")
    grant_table(op, service, "audit_batch", org=NOTHING, staff=NOTHING, system="select, insert")
    grant_table(op, service, "signing_key", org="select", staff="select", system="select, insert, update")
    grant_table(op, service, "revocation", org="select", staff="select", system=ALL)
    grant_table(op, service, "relay_state", org=NOTHING, staff=NOTHING, system="select, insert, update")
    fence_table(
        op, service, "inbox", org="select, insert", staff="select, insert", staff_rows=NO_ORGANIZATION, system=ALL
    )
