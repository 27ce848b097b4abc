"""A bidder may have more than one case of a kind: what is found later is judged and told by a further one."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    comment = "1 for the first case of its kind, 2 for the next"
    op.add_column(
        "review_case", sa.Column("number", sa.BigInteger, nullable=False, server_default="1", comment=comment)
    )
    # A few cases of each bidder: the index is made in moments, and cases are opened by a sweep that waits for them.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create unique index review_case_bidder_idx on review_case (bidder_id, kind, number)"
    )
    # The release before still opens one of a kind only: it looks for one first, under the lock of that kind.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\nalter table review_case drop constraint review_case_bidder_id_kind_key"
    )
