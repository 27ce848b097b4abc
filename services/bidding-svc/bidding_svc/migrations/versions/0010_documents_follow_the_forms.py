"""Requirements of network members and areas; what the forms do not call for, and what CBIC waived."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for column in (
        sa.Column("member", sa.Text, comment="PTAN of the network member whose document it is"),
        sa.Column("cba_code", sa.Text, comment="the area it is for, where it is for one (a bond)"),
        sa.Column("withheld_because", sa.Text, comment="why it is not asked for now; null: it is"),
        sa.Column("waived_by", sa.Text),
        sa.Column("waived_because", sa.Text),
        sa.Column("letter_id", sa.Uuid, comment="the file by which it was waived"),
    ):
        op.add_column("requirement", column)
    op.create_index(
        "requirement_one_idx",
        "requirement",
        ["bidder_id", "document", sa.text("coalesce(member, '')"), sa.text("coalesce(cba_code, '')")],
        unique=True,
    )
    op.execute("grant update (state, waived_by, waived_because, letter_id) on requirement to bidding_staff")
