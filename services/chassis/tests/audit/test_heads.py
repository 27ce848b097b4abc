"""Heads that were tampered with where they were published, or are not published yet."""

from datetime import timedelta

import pytest

from chassis.audit_evidence import NO_HEAD, STATEMENT, chain, statement
from chassis.audit_verify import Kind, verify_audit
from chassis.signing import SigningKey, by_kid
from events.audit import BatchSealed
from tests.probe.sealed_trail import KEY, KEYS, Sealed, at, judge, kinds

pytestmark = pytest.mark.storage


async def test_a_published_head_whose_rows_were_changed_is_not_believed(sealed: Sealed) -> None:
    rows = (sealed.heads[2].rows[1], sealed.heads[2].rows[0], *sealed.heads[2].rows[2:])
    heads = [*sealed.heads[:2], sealed.heads[2].model_copy(update={"rows": rows}), *sealed.heads[3:]]
    assert kinds(judge(heads, await sealed.trail())) == {(3, Kind.HEAD_INVALID), (3, Kind.HEAD_MISSING)}


@pytest.mark.parametrize("change", ["sealed_at", "service", "key"])
async def test_a_published_head_that_was_not_signed_like_this_is_not_believed(sealed: Sealed, change: str) -> None:
    head = sealed.heads[2]
    if change == "sealed_at":
        head = head.model_copy(update={"sealed_at": head.sealed_at + timedelta(seconds=1)})
    keys = by_kid([SigningKey.generate().public()]) if change == "key" else KEYS
    service = "notices" if change == "service" else "probe"
    trail = await sealed.trail()
    findings = verify_audit(service, [*sealed.heads[:2], head, *sealed.heads[3:]], trail.batches, trail.leaves, keys)
    assert (3, Kind.HEAD_INVALID) in kinds(findings)


async def test_two_histories_signed_for_one_batch_are_a_fork(sealed: Sealed) -> None:
    other = await another_history(sealed)
    assert (2, Kind.FORKED) in kinds(judge([*sealed.heads, other], await sealed.trail()))


async def test_a_batch_that_does_not_continue_the_one_before_it_is_a_fork(sealed: Sealed) -> None:
    other = await another_history(sealed)
    heads = [sealed.heads[0], other, *sealed.heads[2:]]
    assert (3, Kind.FORKED) in kinds(judge(heads, await sealed.trail()))


async def test_a_published_head_that_vanished_is_missed_and_its_batch_judged_by_its_signature(sealed: Sealed) -> None:
    heads = [*sealed.heads[:2], *sealed.heads[3:]]
    assert kinds(judge(heads, await sealed.trail())) == {(3, Kind.HEAD_MISSING)}
    edited = await sealed.trail(f"update audit set reason = 'x' where {at(3, 1)}")
    assert kinds(judge(heads, edited)) == {(3, Kind.HEAD_MISSING), (3, Kind.ROWS_DIFFER)}


async def test_a_batch_gone_on_both_sides_is_still_missed(sealed: Sealed) -> None:
    heads = [*sealed.heads[:2], *sealed.heads[3:]]
    gone = await sealed.trail("delete from audit_batch where number = 3", "delete from audit where batch = 3")
    assert (3, Kind.BATCH_MISSING) in kinds(judge(heads, gone))


@pytest.mark.parametrize(
    "statement", [f"update audit set reason = 'x' where {at(6, 2)}", f"delete from audit where {at(6, 2)}"]
)
async def test_a_change_in_a_batch_that_is_not_published_yet_is_seen(sealed: Sealed, statement: str) -> None:
    assert judge(sealed.heads[:5], await sealed.trail()) == []
    assert kinds(judge(sealed.heads[:5], await sealed.trail(statement))) == {(6, Kind.ROWS_DIFFER)}


async def another_history(sealed: Sealed) -> BatchSealed:
    """Batch 2 signed once more with our key, as after a restore that forgot its rows."""
    head = sealed.heads[1]
    rows = head.rows[:-1]
    previous = head.previous_head or NO_HEAD
    other = chain(previous, 2, (leaf for _, leaf in rows))
    said = statement(
        service="probe", number=2, previous_head=previous, head=other, rows=len(rows), sealed_at=head.sealed_at
    )
    return head.model_copy(update={"rows": rows, "head": other, "signature": KEY.sign(said, STATEMENT)})
