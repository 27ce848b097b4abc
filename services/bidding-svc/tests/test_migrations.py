"""What stood in the database before a revision still stands, and means the same, after it."""

import asyncpg
import pytest

from chassis.migrate import migrate

pytestmark = pytest.mark.database

BEFORE_FORMS = """
    insert into rule_set values (gen_random_uuid(), 'R2028', 1, '{}');
    insert into round select 'R2028', 'Round 2028', 'BIDDING', id, null, now() from rule_set;
    insert into bidder values (gen_random_uuid(), gen_random_uuid(), 'R2028', '2840001', '2026-11-01');
    insert into requirement (id, organization_id, bidder_id, round_code, document, label, hint, covered, slot_id,
                             slot_in_force, opens_at, due_at, cdrd_at, state, by_cdrd, met_by_stand_ins)
        select gen_random_uuid(), organization_id, id, 'R2028', 'credit-report', 'Credit report', '', true,
               gen_random_uuid(), true, '2026-10-15', '2026-12-20', '2026-11-20', 'REQUIRED', false, false from bidder;
"""

BEFORE_COMPARING = """
    insert into rule_set values (gen_random_uuid(), 'R2028', 1, '{}');
    insert into round select 'R2028', 'Round 2028', 'BIDDING', id, null, now() from rule_set;
    insert into category values ('R2028', 'OTSK', 'Knee braces', 'L1833', false, null, null, false);
    insert into cba values ('R2028', 'md', 'Maryland', 'MD', false);
    insert into competition values ('R2028', 'OTSK', 'md', 34800, 1000, false);
    insert into bidder values (gen_random_uuid(), gen_random_uuid(), 'R2028', '2840001', '2026-11-01');
    insert into form_a (id, organization_id, round_code, state, version, business, disclosures, changed_at)
        select id, organization_id, round_code, 'APPROVED', 4, '{}', '{}', numbered_at from bidder;
    insert into bid (id, organization_id, bidder_id, round_code, category_code, cba_code, label, state, form, version,
                     kept, changed_at)
        select gen_random_uuid(), organization_id, id, round_code, 'OTSK', 'md', 'Knee braces', 'SUBMITTED',
               'CERTIFIED', 1, '{}', now() from bidder;
"""


async def test_a_bidder_from_before_the_forms_has_an_empty_form_a_and_its_slots_keep_their_times(database_for):
    made = await database_for("bidding", package=None)
    await migrate("bidding_svc", made.migrator_url, "0001")
    admin = await asyncpg.connect(made.admin_url)
    await admin.execute(BEFORE_FORMS)
    await migrate("bidding_svc", made.migrator_url)
    forms = await admin.fetch(
        "select form_a.state, form_a.version, form_a.changed_at = numbered_at as since_numbered "
        "from form_a join bidder using (id, organization_id, round_code)"
    )
    slots = await admin.fetch("select asked_opens_at = opens_at and asked_closes_at = due_at as kept from requirement")
    await admin.close()
    assert [tuple(row) for row in forms] == [("EMPTY", 0, True)]
    assert [row["kept"] for row in slots] == [True]


async def test_bids_from_before_comparing_are_compared(database_for):
    made = await database_for("bidding", package=None)
    await migrate("bidding_svc", made.migrator_url, "0003")
    admin = await asyncpg.connect(made.admin_url)
    await admin.execute(BEFORE_COMPARING)
    await migrate("bidding_svc", made.migrator_url)
    rows = await admin.fetch("select findings, compare_at = changed_at as due from bid")
    await admin.close()
    assert [tuple(row) for row in rows] == [("{}", True)]
