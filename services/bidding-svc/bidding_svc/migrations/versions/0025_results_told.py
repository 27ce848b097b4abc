"""Since when a bidder may know that a bid is disqualified: its notice was issued."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("alter table bid add column told_at timestamptz")
    op.execute("comment on column bid.told_at is 'when the notice of its disqualification was issued'")
    op.execute("grant update (told_at) on bid to bidding_staff")
