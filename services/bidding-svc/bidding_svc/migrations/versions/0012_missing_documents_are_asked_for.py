"""A notice may ask for missing covered documents, each in a slot of its own."""

import sqlalchemy as sa
from alembic import op

from chassis.fences import rows_at_hand

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    slot = sa.Column("notice_slot_id", sa.Uuid, comment="where it is sent once a notice asks for it")
    due = sa.Column("notice_due_at", sa.DateTime(timezone=True), comment="until when the notice allows it")
    by_notice = sa.Column("by_notice", sa.Boolean, comment="after the close, in time for a notice asking for it")
    op.add_column("requirement", slot)
    op.add_column("requirement", due)
    op.create_unique_constraint("requirement_notice_slot_id_key", "requirement", ["notice_slot_id"])
    op.add_column("received_file", by_notice)
    with rows_at_hand(op, "received_file"):
        op.execute("update received_file set by_notice = false")
    op.alter_column("received_file", "by_notice", nullable=False)
    op.execute("grant update (notice_slot_id) on requirement to bidding_staff")
