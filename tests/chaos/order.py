"""Whether a topic holds all that an outbox says, each key in its order: compared by two readers of different make."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chassis import topic_reader
from deploy.local.quiet import until_quiet
from tests.chaos.feed import read_whole
from tests.chaos.stand import Stand

QUIET_WITHIN = 120.0
STREAMS = ("documents", "bidding", "notices")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Said:
    """An outbox row: where it stands, which event it is, and the key whose order matters."""

    position: int
    id: str
    key: str


async def misplaced(stand: Stand) -> list[str]:
    """Wait until everything was said; then name what the topics lack or hold in another order of a key."""
    if not await until_quiet(stand.database_urls, stand.platform.kafka, QUIET_WITHIN):
        return [f"the platform was not quiet after {QUIET_WITHIN:.0f} s"]
    found: list[str] = []
    for service in STREAMS:
        topic = f"connexion.{service}"
        said = await _said(stand, service, topic)
        feeds = {
            "one reader": [
                (heard.partition, heard.id)
                for heard in await asyncio.to_thread(read_whole, stand.platform.kafka, topic)
            ],
            "the other reader": await _read_again(stand, topic),
        }
        for reader, feed in feeds.items():
            found += [f"{topic}, as {reader} sees it: {problem}" for problem in compare(said, feed)]
    return found


def compare(said: Sequence[Said], feed: Iterable[tuple[int, str]]) -> list[str]:
    """Name the events that a feed (partition and id of each record, in order) lacks or has in another order of a key.

    A repeated event counts where it came first, as it does for every consumer.
    """
    places: dict[str, int] = {}
    for place, (_partition, event_id) in enumerate(feed):
        places.setdefault(event_id, place)
    missing = [row for row in said if row.id not in places]
    newest: dict[str, Said] = {}
    swapped = []
    for row in sorted((row for row in said if row.id in places), key=lambda row: places[row.id]):
        before = newest.setdefault(row.key, row)
        if before.position > row.position:
            swapped.append(row)
        else:
            newest[row.key] = row
    return [
        *(_sentence("missing", rows) for rows in [missing] if rows),
        *(_sentence("after a later one of their key", rows) for rows in [swapped] if rows),
    ]


def _sentence(what: str, rows: Sequence[Said]) -> str:
    shown = ", ".join(f"{row.id} (outbox {row.position})" for row in rows[:SHOWN])
    return f"{len(rows)} events are {what}: {shown}"


async def _said(stand: Stand, service: str, topic: str) -> list[Said]:
    database = await stand.database(service)
    try:
        rows: Sequence[Mapping[str, object]] = await database.fetch(
            "select position, id::text as id, key from outbox where topic = $1", topic
        )
    finally:
        await database.close()
    return [Said(int(str(row["position"])), str(row["id"]), str(row["key"])) for row in rows]


async def _read_again(stand: Stand, topic: str) -> list[tuple[int, str]]:
    feed = []
    async with topic_reader.reading({"bootstrap_servers": stand.platform.kafka}, topic) as reader:
        async for records in reader.batches():
            for record in records:
                event_id = dict(record.headers).get("ce_id", b"").decode()
                feed.append((record.partition, event_id))
    return feed
