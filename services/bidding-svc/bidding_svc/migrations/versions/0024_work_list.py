"""The work list of reviews is read in its own order, whatever the round, however long it is."""

from alembic import op

revision = "0024"
down_revision = "0023"

INDEXES = {
    "review_case_by_due_idx": "due_at, id",
    "review_case_by_urgency_idx": "priority, due_at, id",
    "review_case_state_due_idx": "state, due_at, id",
    "review_case_state_urgent_idx": "state, priority, due_at, id",
    "review_case_number_idx": "bidder_number",
}


def upgrade() -> None:
    # A few cases of each bidder: each index is made in moments.
    for name, columns in INDEXES.items():
        op.execute(
            f"-- squawk-ignore require-concurrent-index-creation\ncreate index {name} on review_case ({columns})"
        )
