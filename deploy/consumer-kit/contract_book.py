"""The contracts of the DMEPOS Competitive Bidding Program, as a claims system keeps them: a small book in SQLite.

It is fed with the records of `connexion.contracts.state` in whatever order they come and however often, and answers
one question: may this location furnish this item on this day, and what does Medicare pay for it?

Nothing but Python's standard library is needed.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

SNAPSHOT = "connexion.contracts.contract-state.v1"
"""The one type of record the book takes; others are skipped, as are fields it does not know."""


@dataclass(frozen=True)
class Price:
    """A yes: under which contract and competition, and the single payment amount in whole cents."""

    contract_number: str
    category: str
    cba: str
    amount: int


class ContractBook:
    """The latest snapshot of every contract, as it was told, and which contracts ever named a location."""

    def __init__(self, path: str = ":memory:") -> None:
        """Open the book, making it where there is none."""
        self._database = sqlite3.connect(path)
        self._database.execute("create table if not exists contract (id text primary key, revision integer, body text)")
        self._database.execute(
            "create table if not exists location (ptan text, contract_id text, primary key (ptan, contract_id)) "
            "without rowid"
        )

    def take(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Take one record; return whether it changed the book.

        A snapshot that is not newer than the one in the book changes nothing: the topic says each contract again every
        night, and a broker may deliver a record twice.
        """
        return self.take_all([(headers, body)]) == 1

    def take_all(self, records: Iterable[tuple[Mapping[str, str], bytes]]) -> int:
        """Take many records and write the book once, all of them or none; return how many changed it."""
        with self._database:
            return sum(self._take(headers, body) for headers, body in records)

    def _take(self, headers: Mapping[str, str], body: bytes) -> bool:
        if headers.get("ce_type") != SNAPSHOT:
            return False
        told = json.loads(body)
        contract_id, revision = str(told["contract_id"]), int(told.get("revision", 0))
        written = self._database.execute(
            "insert into contract values (?, ?, ?) on conflict (id) do update "
            "set revision = excluded.revision, body = excluded.body where excluded.revision > revision",
            (contract_id, revision, body.decode()),
        )
        if written.rowcount == 0:
            return False
        ptans = {each["ptan"] for line in told["lines"] for each in line["locations"]}
        self._database.executemany(
            "insert or ignore into location values (?, ?)", [(one, contract_id) for one in ptans]
        )
        return True

    def prices(self, ptan: str, hcpcs: str, day: date) -> list[Price]:
        """Return under which competitions a location may furnish an item on a day, and the price in each.

        Empty: it may not, or nobody told. The caller picks the area by where the beneficiary lives.
        """
        bodies = self._database.execute(
            "select body from contract join location on contract_id = id where ptan = ? order by id", (ptan,)
        )
        return [price for (body,) in bodies for price in _prices(json.loads(body), ptan, hcpcs, day)]

    def written(self) -> bytes:
        """Return the whole book in one way of writing: two books that know the same are equal byte by byte."""
        rows = self._database.execute("select body from contract order by id")
        return b"".join(_in_one_way(json.loads(body)) + b"\n" for (body,) in rows)


def status_on(contract: Mapping[str, Any], day: date) -> str | None:
    """Return the status a contract had on a day; None before it was signed. Of two from one day the later holds."""
    had = [each["status"] for each in contract.get("statuses", ()) if date.fromisoformat(each["since"]) <= day]
    return had[-1] if had else None


def _prices(contract: Mapping[str, Any], ptan: str, hcpcs: str, day: date) -> Iterable[Price]:
    if status_on(contract, day) != "active":
        return
    for line in contract["lines"]:
        there = any(each["ptan"] == ptan and _holds(each, day) for each in line["locations"])
        for price in line.get("prices", ()):
            if there and price["hcpcs"] == hcpcs:
                yield Price(contract["contract_number"], line["category"], line["cba"], price["amount"])


def _holds(location: Mapping[str, Any], day: date) -> bool:
    """Whether a location may furnish on a day; both ends are inclusive, no end means until the contract ends."""
    last = location.get("effective_to")
    return date.fromisoformat(location["effective_from"]) <= day and (last is None or day <= date.fromisoformat(last))


def _in_one_way(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
