"""The contract book on its own: the records of `fixtures/`, no broker, nothing of the rest of the repository."""

import json
import random
import sys
from datetime import date
from pathlib import Path

import pytest

KIT = Path(__file__).parents[1]
sys.path.insert(0, str(KIT))
from contract_book import ContractBook, Price  # noqa: E402

RECORDS = [json.loads(line) for line in (KIT / "fixtures/records.jsonl").read_text().splitlines()]
FIRST, GONE, CAME = "9000000101", "9000000102", "9000000201"
YES = [Price("R2028-000001", "OTSB", "dallas-tx", 102_345)]


def book_of(records):
    book = ContractBook()
    for record in records:
        book.take(record["headers"], json.dumps(record["value"]).encode())
    return book


@pytest.mark.parametrize(
    ("ptan", "hcpcs", "day", "expected"),
    [
        (FIRST, "L0650", "2027-12-31", []),  # signed, not started
        (FIRST, "L0650", "2028-01-01", YES),
        (FIRST, "L0651", "2028-01-01", []),  # no item of the contract
        (CAME, "L0650", "2028-03-05", []),  # the day before it was received
        (CAME, "L0650", "2028-03-06", YES),
        (GONE, "L0650", "2028-04-30", YES),  # the last day
        (GONE, "L0650", "2028-05-01", []),
        (FIRST, "L0650", "2028-09-01", []),  # suspended
        (FIRST, "L0650", "2028-09-30", []),
        (FIRST, "L0650", "2028-10-01", YES),
        ("9000000999", "L0650", "2028-02-01", []),  # nobody told of it
    ],
)
def test_a_claim_is_decided_by_status_location_and_price_of_its_day(ptan, hcpcs, day, expected):
    assert book_of(RECORDS).prices(ptan, hcpcs, date.fromisoformat(day)) == expected


def test_the_latest_snapshots_alone_make_the_same_book_byte_by_byte():
    latest = {record["key"]: record for record in RECORDS}
    assert book_of(latest.values()).written() == book_of(RECORDS).written()


@pytest.mark.parametrize("seed", range(5))
def test_order_and_repetition_do_not_matter(seed):
    shuffled = [*RECORDS, *RECORDS]
    random.Random(seed).shuffle(shuffled)
    assert book_of(shuffled).written() == book_of(RECORDS).written()


def test_what_it_does_not_know_is_skipped_or_kept_and_the_book_outlives_the_process(tmp_path):
    path = str(tmp_path / "contracts.db")
    record = RECORDS[-2]
    told = record["value"] | {"field_of_a_later_version": {"any": "thing"}}
    book = ContractBook(path)
    assert not book.take({"ce_type": "connexion.contracts.contract-state.v9"}, b"not even JSON")
    assert book.take(record["headers"], json.dumps(told).encode())
    assert not book.take(record["headers"], json.dumps(told).encode())
    assert ContractBook(path).written() == book.written()
    assert ContractBook(path).prices(FIRST, "L0650", date(2028, 2, 1)) == YES
