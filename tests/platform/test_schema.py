"""`make check` names a migration that would disturb the release it runs beside."""

from pathlib import Path

import pytest

from deploy.local.schema import linted


@pytest.mark.parametrize(
    "statement",
    [
        "alter table bid drop column amount;",
        "alter table bid add column reason text not null;",
        "create index bid_state_idx on bid (state);",
        "alter table bid rename column amount to price;",
        "alter table bid add constraint bid_amount_check check (amount > 0);",
    ],
)
def test_a_statement_that_locks_or_takes_away_is_named(tmp_path: Path, statement: str) -> None:
    (tmp_path / "bidding_svc-0099.sql").write_text(statement)
    assert linted(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "alter table bid add column reason text;",
        "create table bid_reason (id uuid primary key, code varchar(40) not null);",
        "create table bid_reason (code text); create index bid_reason_code_idx on bid_reason (code);",
    ],
)
def test_what_only_adds_passes(tmp_path: Path, statement: str) -> None:
    (tmp_path / "bidding_svc-0099.sql").write_text(statement)
    assert not linted(tmp_path)


def test_no_migration_is_no_harm(tmp_path: Path) -> None:
    assert not linted(tmp_path)
