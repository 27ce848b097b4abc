from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from bidding_svc.rounds import made_up, reference
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.seed import seed
from chassis.calendar import due_at
from chassis.database import Fence
from events.public import RoundAnnounced
from events.rounds import RoundState

FIRST_RUN = date(2026, 11, 24)


@pytest.mark.parametrize(("name", "categories"), [("round-2021", 16), ("round-2028", 7)])
def test_each_reference_file_has_a_whole_rule_set_and_its_categories(name, categories):
    found = reference.load(name)
    assert len(found.categories) == categories
    assert found.rule_set.cutoff_local_time.isoformat() == "20:59:59"


def test_the_two_rule_sets_differ_where_the_rules_changed():
    old, new = reference.load("round-2021").rule_set, reference.load("round-2028").rule_set
    assert (old.financial_method, new.financial_method) == ("ratios_80_credit_20", "credit_only")
    assert (old.spa_method, new.spa_method) == ("max_winning", "percentile_75_literal")
    assert (old.licence_rule, new.licence_rule) == ("each_location", "collective")
    assert (old.financial_minimum, new.financial_minimum) == (Decimal("39.5"), None)
    assert (old.emergency_termination, new.emergency_termination) == (False, True)


def test_made_up_data_is_the_same_on_every_machine_and_marked():
    assert made_up.areas(129) == made_up.areas(129)
    assert [area.code for area in made_up.areas(2)] == ["sample-area-001", "sample-area-002"]
    assert all(area.made_up for area in made_up.areas(129))


@pytest.mark.database
async def test_both_rounds_are_loaded_once_and_stand_where_their_calendar_says(bidding):
    assert await seed(bidding, FIRST_RUN) == ["round-2021", "round-2028"]
    assert await seed(bidding, FIRST_RUN) == []
    async with bidding.reading(Fence.public()) as session:
        old, new = await session.get(Round, "R2021"), await session.get(Round, "R2028")
        competitions = await session.scalar(select(func.count()).where(Competition.round_code == "R2021"))
    assert (old.phase, new.phase) == (Phase.EXPIRED, Phase.BIDDING)
    assert (len(old.categories), len(new.categories), competitions) == (16, 7, 16 * 130)
    assert new.closes_at == due_at(FIRST_RUN + timedelta(days=25))
    assert new.cdrd_at == due_at(FIRST_RUN - timedelta(days=5))
    assert new.date_of("cdrd").certainty == "actual"
    assert all(category.made_up for category in new.categories)


@pytest.mark.database
async def test_the_public_and_the_services_hear_of_a_round(bidding):
    await seed(bidding, FIRST_RUN)
    async with bidding.reading(Fence.system()) as session:
        said = (await session.execute(text("select type, key, body from outbox order by position"))).all()
    snapshots = [RoundState.model_validate_json(row.body) for row in said if row.type == RoundState.TYPE]
    announced = [RoundAnnounced.model_validate_json(row.body) for row in said if row.type == RoundAnnounced.TYPE]
    assert [(each.round_code, each.phase) for each in snapshots] == [
        ("R2021", "expired"),
        ("R2028", "announced"),
        ("R2028", "registration"),
        ("R2028", "bidding"),
    ]
    assert [each.round_code for each in announced] == ["R2028"]
    assert max(len(row.body) for row in said) < 100_000
