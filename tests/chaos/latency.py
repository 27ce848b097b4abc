"""How long it took from a file's receipt until bidding-svc had heard of it, by the databases' own clocks."""

from collections.abc import Iterable

from tests.chaos.evidence import RECEIVED
from tests.chaos.ledger import Receipt
from tests.chaos.stand import Stand

CONSUMER = "bidding.connexion.documents"


async def seconds_until_heard(stand: Stand, receipts: Iterable[Receipt]) -> list[float]:
    """Return the seconds for each file that was heard of, the shortest first."""
    files = [receipt.file_id for receipt in receipts]
    documents, bidding = await stand.database("documents"), await stand.database("bidding")
    try:
        said = await documents.fetch(
            "select id::text as id, created_at from outbox where type = $1 and subject = any($2)", RECEIVED, files
        )
        at = {row["id"]: row["created_at"] for row in said}
        heard = await bidding.fetch(
            "select key, at from inbox where consumer = $1 and key = any($2)", CONSUMER, list(at)
        )
    finally:
        await documents.close()
        await bidding.close()
    return sorted((row["at"] - at[row["key"]]).total_seconds() for row in heard)


def at_share(seconds: list[float], share: float) -> float:
    """Return the value below which that share lies, such as 0.99."""
    return seconds[min(len(seconds) - 1, int(len(seconds) * share))]
