"""A superuser changes sealed rows and batch records in a thousand ways; each change is named."""

import random

import pytest

from chassis.audit_evidence import EVIDENCE
from chassis.audit_verify import Kind, first_bad_row
from tests.probe.sealed_trail import BATCHES, ROWS, Sealed, at, judge
from tests.probe.tampering import TAMPERINGS

pytestmark = [pytest.mark.storage, pytest.mark.slow]

SEED = 20261124


async def test_an_untouched_trail_is_as_it_was_signed(sealed: Sealed) -> None:
    trail = await sealed.trail()
    assert (len(trail.leaves), len(trail.batches)) == (BATCHES * ROWS, BATCHES)
    assert judge(sealed.heads, trail) == []
    assert judge(sealed.heads * 2, trail) == []  # the relay may say an event twice


@pytest.mark.timeout(300)
async def test_a_thousand_random_tamperings_are_all_named(sealed: Sealed) -> None:
    seen: set[str] = set()
    for number in range(1000):
        dice = random.Random(SEED + number)
        way = dice.choice(TAMPERINGS)
        tampering = way(dice)
        findings = judge(sealed.heads, await sealed.trail(*tampering.statements))
        assert findings, f"seed {SEED + number}: {tampering} was not seen"
        first = findings[0]
        assert (first.kind, first.batch, first.ordinal) == (tampering.kind, tampering.batch, tampering.ordinal), (
            f"seed {SEED + number}: {tampering} was named as {first}"
        )
        seen.add(way.__name__)
    assert seen == {way.__name__ for way in TAMPERINGS}


async def test_a_cut_tail_is_named_by_its_first_row(sealed: Sealed) -> None:
    cut = "delete from audit where batch >= 5", "delete from audit_batch where number >= 5", "delete from outbox"
    bad_row = first_bad_row(judge(sealed.heads, await sealed.trail(*cut)))
    assert bad_row is not None
    assert (bad_row.batch, bad_row.ordinal, bad_row.row_id) == (5, 1, sealed.heads[4].rows[0][0])


async def test_the_first_bad_row_of_several_is_named(sealed: Sealed) -> None:
    later, sooner = "delete from audit where batch = 5", f"update audit set reason = 'x' where {at(2, 3)}"
    bad_row = first_bad_row(judge(sealed.heads, await sealed.trail(later, sooner)))
    assert bad_row is not None
    assert (bad_row.batch, bad_row.ordinal, bad_row.kind) == (2, 3, Kind.EDITED)


async def test_rows_of_a_batch_that_never_was_are_foreign(sealed: Sealed) -> None:
    claim = "update audit set batch = 99 where batch = 3 and ordinal = 1"
    insert = (
        "insert into audit (id, at, machine_at, actor_kind, actor_id, action, entity, entity_id, batch, ordinal)"
        " select gen_random_uuid(), at, at, 'person', 'U-1', 'a.b', 'a', '1', 99, 2 from audit limit 1"
    )
    findings = judge(sealed.heads, await sealed.trail(claim, insert))
    assert [(f.batch, f.ordinal, f.kind) for f in findings if f.row_id] == [(3, 1, Kind.MOVED), (99, 2, Kind.FOREIGN)]


async def test_a_second_row_with_the_same_id_is_seen(sealed: Sealed) -> None:
    columns = ", ".join(f'"{name}"' for name in (*EVIDENCE, "batch", "ordinal"))
    copy = f"insert into audit ({columns}) select {columns} from audit where {at(4, 2)}"
    findings = judge(sealed.heads, await sealed.trail("alter table audit drop constraint audit_pkey", copy))
    assert [(f.batch, f.ordinal, f.kind) for f in findings] == [(4, 2, Kind.FOREIGN)]
