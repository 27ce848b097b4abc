"""What a superuser of the database may do to a sealed audit trail, and what the verification must say first."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from chassis.audit_evidence import EVIDENCE
from chassis.audit_verify import Kind
from chassis.ids import new_id
from tests.probe.sealed_trail import BATCHES, ROWS, at


@dataclass(frozen=True)
class Tampering:
    """Statements, and what the verification must say first: a kind, and where."""

    statements: tuple[str, ...]
    kind: Kind
    batch: int
    ordinal: int = 0


VALUES: dict[str, str] = {
    "id": "gen_random_uuid()",
    "position": "position + 1000",
    "at": "at - interval '1 microsecond'",
    "machine_at": "machine_at + interval '1 day'",
    "person_id": "gen_random_uuid()",
    "organization_id": "null",
    "session_id": "gen_random_uuid()",
    "before": "null",
    "after": """'{"size": 0.10}'""",
}


def edit(dice: random.Random) -> Tampering:
    batch, ordinal = place(dice)
    column = dice.choice(EVIDENCE)
    value = VALUES.get(column, f"coalesce({column}, '') || ' '")
    kind = Kind.DELETED if column == "id" else Kind.EDITED
    return Tampering((f'update audit set "{column}" = {value} where {at(batch, ordinal)}',), kind, batch, ordinal)


def delete(dice: random.Random) -> Tampering:
    batch, ordinal = place(dice)
    return Tampering((f"delete from audit where {at(batch, ordinal)}",), Kind.DELETED, batch, ordinal)


def delete_and_close_ranks(dice: random.Random) -> Tampering:
    batch, ordinal = place(dice)
    close = f"update audit set ordinal = ordinal - 1 where batch = {batch} and ordinal > {ordinal}"
    return Tampering((f"delete from audit where {at(batch, ordinal)}", close), Kind.DELETED, batch, ordinal)


def swap_two_of_a_batch(dice: random.Random) -> Tampering:
    batch = dice.randint(1, BATCHES)
    first, second = sorted(dice.sample(range(1, ROWS + 1), 2))
    pair = f"batch = {batch} and ordinal in ({first}, {second})"
    swap = f"update audit set ordinal = {first + second} - ordinal where {pair}"
    return Tampering((swap,), Kind.MOVED, batch, first)


def swap_across_batches(dice: random.Random) -> Tampering:
    one, other = sorted(dice.sample(range(1, BATCHES + 1), 2))
    ordinal = dice.randint(1, ROWS)
    swap = f"update audit set batch = {one + other} - batch where batch in ({one}, {other}) and ordinal = {ordinal}"
    return Tampering((swap,), Kind.MOVED, one, ordinal)


def swap_positions(dice: random.Random) -> Tampering:
    batch = dice.randint(1, BATCHES)
    first, second = sorted(dice.sample(range(1, ROWS + 1), 2))
    swap = (
        f"update audit a set position = b.position from audit b where a.batch = {batch} and b.batch = {batch}"
        f" and a.ordinal in ({first}, {second}) and b.ordinal = {first + second} - a.ordinal"
    )
    return Tampering((swap,), Kind.EDITED, batch, first)


def take_out(dice: random.Random) -> Tampering:
    batch, ordinal = place(dice)
    return Tampering(
        (f"update audit set batch = null, ordinal = null where {at(batch, ordinal)}",), Kind.UNSEALED, batch, ordinal
    )


def put_in(dice: random.Random) -> Tampering:
    batch, ordinal = place(dice)
    columns = ", ".join(f'"{name}"' for name in (*EVIDENCE, "batch", "ordinal"))
    copied = ", ".join(f"'{new_id()}'" if name == "id" else f'"{name}"' for name in (*EVIDENCE, "batch"))
    copy = f"insert into audit ({columns}) select {copied}, {ROWS + 1} from audit where {at(batch, ordinal)}"
    return Tampering((copy,), Kind.FOREIGN, batch, ROWS + 1)


def cut_the_tail_off(dice: random.Random) -> Tampering:
    kept = dice.randint(0, BATCHES - 1)
    return Tampering(
        (
            f"delete from audit where batch > {kept}",
            f"delete from audit_batch where number > {kept}",
            "delete from outbox",
        ),
        Kind.BATCH_MISSING,
        kept + 1,
    )


def alter_a_batch(dice: random.Random) -> Tampering:
    batch = dice.randint(1, BATCHES)
    change = dice.choice(
        [
            "head = encode(sha256(head::bytea), 'hex')",
            "previous_head = encode(sha256(head::bytea), 'hex')",
            "rows = rows + 1",
            "sealed_at = sealed_at + interval '1 second'",
            "statement = reverse(statement)",
            "statement = (select statement from audit_batch b where b.number <> audit_batch.number limit 1)",
        ]
    )
    return Tampering((f"update audit_batch set {change} where number = {batch}",), Kind.BATCH_ALTERED, batch)


def delete_a_batch(dice: random.Random) -> Tampering:
    batch = dice.randint(1, BATCHES)
    return Tampering((f"delete from audit_batch where number = {batch}",), Kind.BATCH_MISSING, batch)


def invent_a_batch(dice: random.Random) -> Tampering:
    copied = dice.randint(1, BATCHES)
    invent = (
        f"insert into audit_batch select {BATCHES + 1}, head, head, rows, statement, sealed_at"
        f" from audit_batch where number = {copied}"
    )
    return Tampering((invent,), Kind.BATCH_FOREIGN, BATCHES + 1)


TAMPERINGS: list[Callable[[random.Random], Tampering]] = [
    edit,
    edit,
    edit,
    delete,
    delete_and_close_ranks,
    swap_two_of_a_batch,
    swap_across_batches,
    swap_positions,
    take_out,
    put_in,
    cut_the_tail_off,
    alter_a_batch,
    delete_a_batch,
    invent_a_batch,
]


def place(dice: random.Random) -> tuple[int, int]:
    return dice.randint(1, BATCHES), dice.randint(1, ROWS)
