"""What can be seen of the platform from outside: its API, its topics, and rows counted read-only in its databases."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from tests.chaos.feed import Heard, read_whole
from tests.chaos.patience import patiently
from tests.chaos.person import Person
from tests.chaos.stand import Stand

RECEIVED = "connexion.documents.document-received.v1"
TAKEN = "connexion.bidding.file-taken.v1"
UPDATED = "connexion.bidding.requirement-received.v1"
RECORDED = "connexion.notices.activity-recorded.v1"
ACTIVITIES = ("document-received", "document-late")
"""The two kinds of activity that say that a file arrived."""

ANNOUNCED = "announced as received"
ANSWERED = "taken by whoever opened the slot"
UPDATE = "requirement update"
TOLD = "activity entry told"
UPDATE_ROW = "row of the requirement's files"
ACTIVITY_ROW = "row of the activity"
SHOWN = "activity entry shown"
LISTED = "file listed"

BY_TYPE = {RECEIVED: ANNOUNCED, TAKEN: ANSWERED, UPDATED: UPDATE}
"""The effect that an event about a file is."""


@dataclass
class Evidence:
    """How often each effect of each file was seen, and what people's lists of files hold."""

    effects: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By effect, then by file id."""
    files: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The ids of the files that have a name."""
    digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 by file id."""
    repeats: int = 0
    """Records of the topics that were there once more, under the same id; consumers ignore them."""

    def saw(self, effect: str, file_id: str) -> None:
        """Count an effect of a file."""
        self.effects[effect][file_id] += 1


async def gather(stand: Stand, people: Iterable[Person]) -> Evidence:
    """Look at everything once."""
    seen = Evidence()
    for topic in ("connexion.documents", "connexion.bidding", "connexion.notices"):
        _heard(seen, await asyncio.to_thread(read_whole, stand.platform.kafka, topic))
    await _counted(seen, stand)
    for person in people:
        await patiently(partial(_shown, seen, person), f"the lists of {person.user_id}")
    return seen


def _heard(seen: Evidence, records: list[Heard]) -> None:
    """Count events by their ids, as a consumer does that remembers what it has heard."""
    known: set[str] = set()
    for record in records:
        if record.id in known:
            seen.repeats += 1
            continue
        known.add(record.id)
        if record.type in BY_TYPE and "file_id" in record.body:
            seen.saw(BY_TYPE[record.type], str(record.body["file_id"]))
        elif record.type == RECORDED and record.body["kind"] in ACTIVITIES:
            seen.saw(TOLD, record.body["about"].removeprefix("file:"))


async def _counted(seen: Evidence, stand: Stand) -> None:
    bidding = await stand.database("bidding")
    notices = await stand.database("notices")
    try:
        for row in await bidding.fetch("select file_id::text as file from received_file"):
            seen.saw(UPDATE_ROW, row["file"])
        for row in await notices.fetch("select about from activity where kind = any($1)", list(ACTIVITIES)):
            seen.saw(ACTIVITY_ROW, row["about"].removeprefix("file:"))
    finally:
        await bidding.close()
        await notices.close()


async def _shown(seen: Evidence, person: Person) -> None:
    """Read one person's lists through the gateway."""
    entries = [
        entry["about"].removeprefix("file:")
        async for entry in person.pages("/api/notices/activity")
        if entry["kind"] in ACTIVITIES
    ]
    files = [file async for file in person.pages("/api/documents/files")]
    for file_id in entries:
        seen.saw(SHOWN, file_id)
    for file in files:
        seen.saw(LISTED, file["id"])
        seen.files[file["filename"]].append(file["id"])
        seen.digests[file["id"]] = file["sha256"]
