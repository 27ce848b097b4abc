"""Verifying a service's audit trail: `python -m chassis.audit verify --package documents_svc`.

Reads the published heads from Kafka and the rows from the database (with the service's own environment), compares them
(`chassis.audit_verify`) and names the first bad row. `--keys` takes the public keys to believe: a JWKS file, a PEM file
or a key ring folder; default is the ring of CONNEXION_AUDIT_SIGNING_KEY_FILE. `--without-broker` believes the signed
heads in the outbox alone: it sees every change, but not that the newest batches were cut off.

Exit code: 0 all is as signed, 1 something is wrong, 2 could not be verified.
"""

import argparse
import asyncio
import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from chassis import direct, kafka_clients, topic_reader
from chassis.audit_evidence import EVIDENCE_COLUMNS, digest
from chassis.audit_verify import Finding, Leaf, StoredBatch, first_bad_row, verify_audit
from chassis.fences import role
from chassis.key_ring import KeyRing
from chassis.settings import ServiceSettings, load
from chassis.signing import PublicKey, by_kid
from events.audit import HEADS, BatchSealed
from events.envelope import Heard, read_message

UNREACHABLE = (*direct.UNREACHABLE, *kafka_clients.UNREACHABLE)
SHOWN = 50
ROWS_AT_ONCE = 2000
_ROWS = f"select batch, ordinal, {EVIDENCE_COLUMNS} from audit"  # noqa: S608  columns are ours


@dataclass(frozen=True)
class Trail:
    """What stands in a database: its rows, the records of its batches, and the heads that went into its outbox."""

    leaves: list[Leaf]
    batches: list[StoredBatch]
    heads: list[BatchSealed]


@dataclass(frozen=True)
class Report:
    """What a verification found, and how much it looked at."""

    service: str
    heads: int
    batches: int
    sealed_rows: int
    unsealed_rows: int
    findings: list[Finding]

    def lines(self) -> list[str]:
        """Say it in words, the first bad row first."""
        seen = (
            f"{self.service}: {self.batches} batches with {self.sealed_rows} rows, {self.heads} heads published,"
            f" {self.unsealed_rows} rows not sealed yet"
        )
        if not self.findings:
            return [f"{seen}. All is as it was signed."]
        bad_row = first_bad_row(self.findings)
        more = len(self.findings) - SHOWN
        return [
            f"{seen}. Wrong: {len(self.findings)}.",
            f"First bad row: {bad_row}" if bad_row else "No single row can be named.",
            *(f"  {finding}" for finding in self.findings[:SHOWN]),
            *([f"  and {more} more"] if more > 0 else []),
        ]


async def verify(service: str, settings: ServiceSettings, keys: list[PublicKey], *, with_broker: bool = True) -> Report:
    """Compare the audit trail of `service` (short name) with its published heads.

    Raises one of `UNREACHABLE` when the database or the broker does not answer.
    """
    # Heads first: whatever is published was committed before, so the database's snapshot must hold it.
    heads = await read_heads(service, settings) if with_broker else []
    trail = await read_trail(service, settings.direct_database_url)
    newest = max((head.batch for head in heads), default=0)
    not_yet_published = [head for head in trail.heads if head.batch > newest]
    sealed = sum(leaf.batch is not None for leaf in trail.leaves)
    return Report(
        service=service,
        heads=len({head.batch for head in heads}),
        batches=len(trail.batches),
        sealed_rows=sealed,
        unsealed_rows=len(trail.leaves) - sealed,
        findings=verify_audit(service, [*heads, *not_yet_published], trail.batches, trail.leaves, by_kid(keys)),
    )


async def read_heads(service: str, settings: ServiceSettings) -> list[BatchSealed]:
    """Return every head that `service` has published, as the broker holds them now."""
    heads: list[BatchSealed] = []
    options = kafka_clients.connection_options(settings, f"{service}-audit-verify")
    async with topic_reader.reading(options, HEADS) as reader:
        async for records in reader.batches():
            for record in records:
                heard = read_message(record.headers, record.value, {BatchSealed.TYPE: BatchSealed})
                if isinstance(heard, Heard) and isinstance(heard.event, BatchSealed) and heard.event.service == service:
                    heads.append(heard.event)
    return heads


async def read_trail(service: str, url: str) -> Trail:
    """Return the audit trail in a database, as of one moment, through the service's system role."""
    connection = await direct.connect(url, name=f"{service}-audit-verify")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("select set_config('role', $1, true)", role(service, "system"))
            return await trail_of(connection)
    finally:
        await connection.close()


async def trail_of(connection: direct.Connection) -> Trail:
    """Return the audit trail as a transaction sees it."""
    batches = await connection.fetch(
        "select number, previous_head, head, rows, statement, sealed_at from audit_batch order by number"
    )
    said = await connection.fetch("select body from outbox where type = $1", BatchSealed.TYPE)
    rows = connection.cursor(_ROWS, prefetch=ROWS_AT_ONCE)
    return Trail(
        leaves=[Leaf(row["id"], row["batch"], row["ordinal"], digest(row)) async for row in rows],
        batches=[StoredBatch(**batch) for batch in batches],
        heads=[BatchSealed.model_validate_json(head["body"]) for head in said],
    )


def read_keys(path: Path) -> list[PublicKey]:
    """Return the public keys of a JWKS file, a PEM file (either half) or a key ring folder.

    Raises OSError or ValueError when there are none.
    """
    if path.is_dir():
        return KeyRing.load(path).public_keys()
    if path.suffix == ".pem":
        return [PublicKey.load(path)]
    try:
        return [PublicKey.read(jwk) for jwk in json.loads(path.read_text())["keys"]]
    except (KeyError, TypeError) as problem:
        raise ValueError(f"{path} is neither a JWKS nor a PEM file") from problem


def main(arguments: list[str] | None = None) -> int:
    """Run the command for operators and auditors. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chassis.audit", description="The sealed audit trail.")
    command = parser.add_subparsers(required=True).add_parser("verify", help="compare it with its published heads")
    command.add_argument("--package", required=True, help="whose audit trail, for instance documents_svc")
    command.add_argument(
        "--keys", type=Path, action="append", help="public keys to believe; may be given several times"
    )
    command.add_argument("--without-broker", action="store_true", help="believe the database's signed statements alone")
    options = parser.parse_args(arguments)
    settings = load(ServiceSettings)
    files = options.keys or [file for file in (settings.audit_signing_key_file,) if file]
    if not files:
        print("Name the public keys with --keys, or CONNEXION_AUDIT_SIGNING_KEY_FILE.", file=sys.stderr)
        return 2
    service: str = importlib.import_module(f"{options.package}.app").SERVICE.name
    try:
        keys = [key for file in files for key in read_keys(file)]
        report = asyncio.run(verify(service, settings, keys, with_broker=not options.without_broker))
    except (ValueError, asyncpg.PostgresError, *UNREACHABLE) as problem:
        print(f"{service}: could not be verified: {type(problem).__name__}: {problem}", file=sys.stderr)
        return 2
    print(*report.lines(), sep="\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
