"""Comparing an audit trail with its published heads. Pure: no database, no broker, no clock.

What is believed are statements signed with a key that was never in the database: first the published ones, which a
superuser of the database cannot reach, and for batches not yet published the stored ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.audit_evidence import NO_HEAD, STATEMENT, chain, statement
from chassis.signing import BadSignatureError, PublicKey, verify
from events.audit import BatchSealed


class Kind(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    DELETED = "deleted"
    MOVED = "moved to another place"
    UNSEALED = "taken out of its batch"
    FOREIGN = "put into a sealed batch"
    BATCH_ALTERED = "batch record altered"
    BATCH_MISSING = "batch record missing"
    BATCH_FOREIGN = "batch record nobody signed"
    HEAD_INVALID = "published head not valid"
    HEAD_MISSING = "published head missing"
    FORKED = "two histories were signed"
    ROWS_DIFFER = "rows differ from what was signed"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: in which batch, at which place (0: the batch itself), with which row, and what."""

    batch: int
    ordinal: int
    row_id: UUID | None
    kind: Kind
    detail: str = ""

    def __str__(self) -> str:
        place = f"batch {self.batch}" + (f", row {self.ordinal}, id {self.row_id}" if self.row_id else "")
        return f"{place}: {self.kind}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class StoredBatch:
    """A row of `audit_batch` as it stands in the database."""

    number: int
    previous_head: str
    head: str
    rows: int
    statement: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """An audit row as it stands in the database: its place, and the digest of its evidence."""

    id: UUID
    batch: int | None
    ordinal: int | None
    digest: str


def verify_audit(
    service: str,
    heads: Iterable[BatchSealed],
    batches: Iterable[StoredBatch],
    leaves: Iterable[Leaf],
    keys: Mapping[str, PublicKey],
) -> list[Finding]:
    """Compare what stands in the database with what was signed and published; return all that is wrong, in order.

    `heads` are the published events of this service in any order; the same one may come several times. `keys` are
    public keys by kid, from a source the database's superuser does not hold. Rows without a batch are not looked at:
    nothing was signed about them yet.
    """
    published, findings = _believed(service, heads, keys)
    stored = {batch.number: batch for batch in batches}
    in_batch: dict[int, list[Leaf]] = defaultdict(list)
    by_id: dict[UUID, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        by_id[leaf.id].append(leaf)
        if leaf.batch is not None:
            in_batch[leaf.batch].append(leaf)
    newest = max([0, *published, *stored])
    for number in range(1, newest + 1):
        before = published.get(number - 1) or stored.get(number - 1)
        previous = before.head if before else (NO_HEAD if number == 1 else None)
        head, batch = published.get(number), stored.get(number)
        if head is not None:
            findings += _compare_batch(head, batch, previous)
        elif batch is not None:
            lost = number < max(published, default=0)
            findings += _judge_unpublished(service, batch, in_batch[number], previous, keys, lost=lost)
        else:
            findings.append(Finding(number, 0, None, Kind.BATCH_MISSING, "neither stored nor published"))
    findings += _compare_rows(published, by_id)
    findings += _foreign_rows(published, stored, in_batch)
    return sorted(findings, key=lambda finding: (finding.batch, finding.ordinal, finding.kind))


def first_bad_row(findings: Sequence[Finding]) -> Finding | None:
    """Return the first finding that names a row; None when none does."""
    return next((finding for finding in findings if finding.row_id), None)


def _believed(
    service: str, heads: Iterable[BatchSealed], keys: Mapping[str, PublicKey]
) -> tuple[dict[int, BatchSealed], list[Finding]]:
    """Return the published heads that hold what was signed, by number, and what is wrong with the others."""
    believed: dict[int, BatchSealed] = {}
    findings = []
    for event in heads:
        problem = _problem_of(service, event, keys)
        known = believed.setdefault(event.batch, event) if problem is None else event
        if problem is not None:
            findings.append(Finding(event.batch, 0, None, Kind.HEAD_INVALID, problem))
        elif known.head != event.head:
            findings.append(Finding(event.batch, 0, None, Kind.FORKED, f"{known.head[:12]} and {event.head[:12]}"))
    return believed, findings


def _problem_of(service: str, event: BatchSealed, keys: Mapping[str, PublicKey]) -> str | None:
    previous = event.previous_head or NO_HEAD
    if chain(previous, event.batch, (digest for _, digest in event.rows)) != event.head:
        return "its rows do not give its head"
    said = statement(
        service=service,
        number=event.batch,
        previous_head=previous,
        head=event.head,
        rows=len(event.rows),
        sealed_at=event.sealed_at,
    )
    return _signature_problem(event.signature, said, keys)


def _signature_problem(signature: str, said: dict[str, object], keys: Mapping[str, PublicKey]) -> str | None:
    try:
        signed = verify(signature, keys, STATEMENT)
    except BadSignatureError as problem:
        return str(problem)
    wrong = sorted(name for name in said if signed.get(name) != said[name])
    return f"not what was signed: {', '.join(wrong)}" if wrong else None


def _compare_batch(head: BatchSealed, batch: StoredBatch | None, previous: str | None) -> list[Finding]:
    findings = []
    if (head.previous_head or NO_HEAD) != previous:
        findings.append(Finding(head.batch, 0, None, Kind.FORKED, "does not continue the batch before it"))
    if batch is None:
        return [*findings, Finding(head.batch, 0, None, Kind.BATCH_MISSING)]
    pairs = {
        "previous_head": (batch.previous_head, head.previous_head or NO_HEAD),
        "head": (batch.head, head.head),
        "rows": (batch.rows, len(head.rows)),
        "statement": (batch.statement, head.signature),
        "sealed_at": (batch.sealed_at, head.sealed_at),
    }
    altered = [name for name, (stored, published) in pairs.items() if stored != published]
    if altered:
        findings.append(Finding(head.batch, 0, None, Kind.BATCH_ALTERED, ", ".join(altered)))
    return findings


def _judge_unpublished(
    service: str,
    batch: StoredBatch,
    leaves: list[Leaf],
    previous: str | None,
    keys: Mapping[str, PublicKey],
    *,
    lost: bool,
) -> list[Finding]:
    """Judge a batch whose head is not (or no longer) among the published by its own signature."""
    number = batch.number
    findings = [Finding(number, 0, None, Kind.HEAD_MISSING)] if lost else []
    said = statement(
        service=service,
        number=number,
        previous_head=batch.previous_head,
        head=batch.head,
        rows=batch.rows,
        sealed_at=batch.sealed_at,
    )
    problem = _signature_problem(batch.statement, said, keys)
    if problem is not None:
        return [*findings, Finding(number, 0, None, Kind.BATCH_FOREIGN, problem)]
    if previous is not None and batch.previous_head != previous:
        findings.append(Finding(number, 0, None, Kind.FORKED, "does not continue the batch before it"))
    placed = sorted(leaves, key=lambda leaf: leaf.ordinal or 0)
    if chain(batch.previous_head, number, (leaf.digest for leaf in placed)) != batch.head:
        detail = (
            f"{len(placed)} rows stand there, {batch.rows} were sealed; which one is known when the head is published"
        )
        findings.append(Finding(number, 0, None, Kind.ROWS_DIFFER, detail))
    return findings


def _compare_rows(published: Mapping[int, BatchSealed], by_id: Mapping[UUID, list[Leaf]]) -> list[Finding]:
    """Look for every sealed row where it was sealed, with the digest it had, and only there."""
    findings = []
    for number, head in published.items():
        for ordinal, (row_id, digest) in enumerate(head.rows, start=1):
            here = by_id.get(row_id, [])
            leaf = next((leaf for leaf in here if (leaf.batch, leaf.ordinal) == (number, ordinal)), None)
            if leaf is None:
                findings.append(Finding(number, ordinal, row_id, *_where_it_went(here)))
            elif leaf.digest != digest:
                findings.append(Finding(number, ordinal, row_id, Kind.EDITED))
            if len(here) > 1:
                findings.append(Finding(number, ordinal, row_id, Kind.FOREIGN, f"{len(here)} rows have this id"))
    return findings


def _where_it_went(leaves: list[Leaf]) -> tuple[Kind, str]:
    if not leaves:
        return Kind.DELETED, ""
    if leaves[0].batch is None:
        return Kind.UNSEALED, ""
    return Kind.MOVED, f"stands in batch {leaves[0].batch} as row {leaves[0].ordinal}"


def _foreign_rows(
    published: Mapping[int, BatchSealed], stored: Mapping[int, StoredBatch], in_batch: Mapping[int, list[Leaf]]
) -> list[Finding]:
    """Find rows that claim a batch they were not sealed in. A row that was only moved is named where it was sealed."""
    sealed = {row_id for head in published.values() for row_id, _ in head.rows}
    judged_as_a_whole = stored.keys() - published.keys()
    return [
        Finding(number, leaf.ordinal or 0, leaf.id, Kind.FOREIGN)
        for number, leaves in in_batch.items()
        if number not in judged_as_a_whole
        for leaf in leaves
        if leaf.id not in sealed
    ]
