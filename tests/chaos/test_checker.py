"""A checker that finds nothing is worth nothing: planted losses and doubles are named."""

from collections import Counter

import pytest

from tests.chaos.checker import ONCE, judge, unreceipted
from tests.chaos.evidence import ACTIVITY_ROW, UPDATE, Evidence
from tests.chaos.ledger import Ledger, Receipt
from tests.chaos.order import Said, compare


def receipt(number: int, verdict: str = "in-time") -> Receipt:
    return Receipt("F1", f"F1-{number}.pdf", "DWHITLOCK01", "slot", f"file-{number}", f"sha-{number}", verdict, "jws")


def all_well(*receipts: Receipt) -> Evidence:
    seen = Evidence()
    for kept in receipts:
        for effect in ONCE:
            seen.saw(effect, kept.file_id)
        if kept.verdict == "in-time":
            seen.saw(UPDATE, kept.file_id)
        seen.files[kept.submission].append(kept.file_id)
        seen.digests[kept.file_id] = kept.sha256
    return seen


def test_nothing_is_found_where_all_is_well():
    kept = [receipt(1), receipt(2, "late")]
    judgement = judge(kept, all_well(*kept))
    assert (judgement.receipts, judgement.lost, judgement.doubled, judgement.sentences) == (2, 0, 0, [])


@pytest.mark.parametrize("effect", [*ONCE, UPDATE])
def test_any_missing_effect_is_a_loss(effect):
    kept = [receipt(1), receipt(2)]
    seen = all_well(*kept)
    del seen.effects[effect]["file-2"]
    judgement = judge(kept, seen)
    assert (judgement.lost, judgement.doubled) == (1, 0)
    assert judgement.sentences == [f"F1-2.pdf (file-2) has no {effect}"]


@pytest.mark.parametrize("effect", [*ONCE, UPDATE])
def test_any_effect_seen_twice_is_a_double(effect):
    kept = [receipt(1)]
    seen = all_well(*kept)
    seen.saw(effect, "file-1")
    judgement = judge(kept, seen)
    assert (judgement.lost, judgement.doubled) == (0, 1)


def test_a_late_file_must_not_update_its_requirement():
    kept = [receipt(1, "late")]
    seen = all_well(*kept)
    seen.saw(UPDATE, "file-1")
    assert judge(kept, seen).doubled == 1


def test_a_second_file_of_one_submission_is_a_double():
    kept = [receipt(1)]
    seen = all_well(*kept)
    seen.files["F1-1.pdf"].append("file-9")
    assert judge(kept, seen).doubled == 1
    assert unreceipted(kept, seen) == []


def test_other_bytes_than_were_sent_are_a_loss():
    kept = [receipt(1)]
    seen = all_well(*kept)
    seen.digests["file-1"] = "another"
    assert judge(kept, seen).lost == 1


def test_a_file_nobody_got_a_receipt_for_is_named():
    seen = all_well(receipt(1), receipt(2))
    assert unreceipted([receipt(1)], seen) == ["file-2"]


def test_one_receipt_that_lost_several_things_counts_once():
    kept = [receipt(1)]
    seen = all_well(*kept)
    seen.effects[ACTIVITY_ROW] = Counter()
    seen.effects[UPDATE] = Counter()
    judgement = judge(kept, seen)
    assert (judgement.lost, len(judgement.sentences)) == (1, 2)


def test_the_ledger_survives_its_run(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.note(receipt(1))
    ledger.note(receipt(2))
    assert ledger.of("F1") == [receipt(1), receipt(2)]
    assert ledger.of("F2") == []
    assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 2


SAID = [Said(1, "a", "k"), Said(2, "b", "k"), Said(3, "c", "other")]


def test_keys_may_overtake_each_other():
    assert compare(SAID, [(0, "a"), (1, "c"), (0, "b")]) == []


def test_a_repeated_event_counts_where_it_came_first():
    assert compare(SAID, [(0, "a"), (0, "b"), (0, "a"), (1, "c")]) == []


def test_an_event_that_is_missing_is_named():
    assert compare(SAID, [(0, "a"), (1, "c")]) == ["1 events are missing: b (outbox 2)"]


def test_an_event_before_an_earlier_one_of_its_key_is_named():
    problems = compare(SAID, [(0, "b"), (0, "a"), (1, "c")])
    assert problems == ["1 events are after a later one of their key: a (outbox 1)"]
