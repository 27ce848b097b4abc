"""Questions and answers for everybody: articles in versions, searchable in their language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.fences import grant_table

revision = "0008"
down_revision = "0007"

SEARCH = """case when language = 'es' then \
setweight(to_tsvector('spanish'::regconfig, title), 'A') || \
setweight(to_tsvector('spanish'::regconfig, summary), 'B') || \
setweight(to_tsvector('spanish'::regconfig, body), 'C') else \
setweight(to_tsvector('english'::regconfig, title), 'A') || \
setweight(to_tsvector('english'::regconfig, summary), 'B') || \
setweight(to_tsvector('english'::regconfig, body), 'C') end"""


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("slug", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_on", sa.Date, nullable=False),
        sa.Column("changed", sa.Text, nullable=False),
        sa.Column("search", postgresql.TSVECTOR, sa.Computed(SEARCH, persisted=True), nullable=False),
    )
    op.create_index("question_search_idx", "question", ["search"], postgresql_using="gin")
    listed = sa.text("is_current")
    op.create_index("question_place_idx", "question", ["language", "place"], postgresql_where=listed)
    grant_table(op, "notices", "question", org="select", staff="select", system="select, insert, update")
